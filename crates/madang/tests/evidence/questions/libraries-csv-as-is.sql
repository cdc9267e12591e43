-- expects: no row
-- Rows of the library's CSV, loaded without its repair, that the XML has not: no row whose cells have moved enters.
select name, province, district, kind, closed_on, opens, closes, seats, books, periodicals, media, loans,
         loan_days, road_address, operator, phone, site_m2, building_m2, home_page, latitude, longitude,
         reference_on, kind_2, closed_on_2, books_2, periodicals_2, media_2, latitude_2, longitude_2, opens_2,
         gross_m2, used_m2
from libraries_csv_as_is
except all
select name, province, district, kind, closed_on, opens, closes, seats, books, periodicals, media, loans,
         loan_days, road_address, operator, phone, site_m2, building_m2, home_page, latitude, longitude,
         reference_on, kind_2, closed_on_2, books_2, periodicals_2, media_2, latitude_2, longitude_2, opens_2,
         gross_m2, used_m2
from libraries_xml
