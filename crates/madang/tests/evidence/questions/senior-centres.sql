-- expects: no row
-- Senior centres: what the CSV (8 February 2022) and the shapefile (28 February 2022) say differently.
-- Rows that agree in all columns are left out; the others are paired by district and name.
with c as (
  select district, name, address, phone, latitude, longitude from senior_centres_csv
), s as (
  select district, name, address, phone, latitude_as_published as latitude, longitude_as_published as longitude
  from senior_centres_shp
), only_c as (select * from c except all select * from s), only_s as (select * from s except all select * from c)
select coalesce(only_c.district, only_s.district) as district, coalesce(only_c.name, only_s.name) as name,
       case when only_s.name is null then 'only in the CSV' when only_c.name is null then 'only in the shapefile'
            else 'differs' end as what,
       case when only_c.address is distinct from only_s.address then only_c.address end as csv_address,
       case when only_c.address is distinct from only_s.address then only_s.address end as shp_address,
       case when only_c.phone is distinct from only_s.phone then only_c.phone end as csv_phone,
       case when only_c.phone is distinct from only_s.phone then only_s.phone end as shp_phone,
       case when only_c.latitude is distinct from only_s.latitude then only_c.latitude end as csv_latitude,
       case when only_c.latitude is distinct from only_s.latitude then only_s.latitude end as shp_latitude,
       case when only_c.longitude is distinct from only_s.longitude then only_c.longitude end as csv_longitude,
       case when only_c.longitude is distinct from only_s.longitude then only_s.longitude end as shp_longitude
from only_c full outer join only_s on only_c.district = only_s.district and only_c.name = only_s.name
order by district, name
