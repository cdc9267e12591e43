-- The spellings of the Wi-Fi file's months: digits as 9, letters as A, and how many rows have each.
select coalesce(regexp_replace(regexp_replace(installed, '[0-9]', '9', 'g'), '[A-Za-z]+', 'Aaa', 'g'), '(empty)') as spelling,
       count(*) as rows, min(installed) as least, max(installed) as greatest
from wifi_months
group by 1
order by rows desc
