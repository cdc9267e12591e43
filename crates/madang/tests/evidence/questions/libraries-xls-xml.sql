-- expects: no row
-- Rows of the library table that XLS has and XML has not, and the other way round, over all 32 columns.
with a as (
  select name, province, district, kind, closed_on, opens, closes, seats, books, periodicals, media, loans,
         loan_days, road_address, operator, phone, site_m2, building_m2, home_page, latitude, longitude,
         reference_on, kind_2, closed_on_2, books_2, periodicals_2, media_2, latitude_2, longitude_2, opens_2,
         gross_m2, used_m2
  from libraries_xls
), b as (
  select name, province, district, kind, closed_on, opens, closes, seats, books, periodicals, media, loans,
         loan_days, road_address, operator, phone, site_m2, building_m2, home_page, latitude, longitude,
         reference_on, kind_2, closed_on_2, books_2, periodicals_2, media_2, latitude_2, longitude_2, opens_2,
         gross_m2, used_m2
  from libraries_xml
), only_a as (select * from a except all select * from b), only_b as (select * from b except all select * from a)
select 'xls' as only_in, * from only_a
union all
select 'xml' as only_in, * from only_b
order by name, road_address, only_in
