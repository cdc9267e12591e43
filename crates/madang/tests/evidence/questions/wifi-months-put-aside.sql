-- Months of which rows were put aside: how many are written, and how many were read. A month is taken from the text by a second hand here, not by the reader of forms.
with written as (
  select case
      when installed ~ '^[0-9]{4}-[0-9]{2}(-[0-9]{1,2})?$' then substr(installed, 1, 7)
      when installed ~ '^[0-9]{6}$' then substr(installed, 1, 4) || '-' || substr(installed, 5, 2)
      when installed ~ '^[0-9]{4}[.][0-9]{2}$' then replace(installed, '.', '-')
      when installed ~ '^[0-9]{4}년 [0-9]{2}월' then substr(installed, 1, 4) || '-' || substr(installed, 7, 2)
      when installed ~ '^[A-Z][a-z]{2}-[0-9]{2}$' then '20' || substr(installed, 5, 2) || '-' ||
        lpad(cast((strpos('JanFebMarAprMayJunJulAugSepOctNovDec', substr(installed, 1, 3)) + 2) / 3 as varchar), 2, '0')
      when installed ~ '^[0-9]{4}-[A-Z][a-z]{2}$' then substr(installed, 1, 5) ||
        lpad(cast((strpos('JanFebMarAprMayJunJulAugSepOctNovDec', substr(installed, 6, 3)) + 2) / 3 as varchar), 2, '0')
    end as month, count(*) as rows
  from wifi_months group by 1
), read as (
  select substr(cast(installed as varchar), 1, 7) as month, count(*) as rows from wifi group by 1
)
select coalesce(written.month, read.month) as month, coalesce(written.rows, 0) as written, coalesce(read.rows, 0) as read
from written full outer join read on written.month is not distinct from read.month
where coalesce(written.rows, 0) <> coalesce(read.rows, 0)
order by 1
