-- expects: no row
-- Rows of the heat shelters that one form has and the other has not: none.
(select 'csv' as only_in, address, name, kind, capacity from heat_shelters_csv
 except select 'csv', address, name, kind, capacity from heat_shelters_xml)
union all
(select 'xml', address, name, kind, capacity from heat_shelters_xml
 except select 'xml', address, name, kind, capacity from heat_shelters_csv)
order by name, only_in
