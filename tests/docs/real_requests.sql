-- 1 crimes: Named offences that mention words, by month
select code, strftime(recorded,'%Y-%m'), count(*) from o where code in ('086/02','086/10','088/15') and recorded
between '2023-01-01' and '2025-06-30' and occ in (select occ from h where w in ('deepfake','AI generated')) group by
all;
-- 2 crimes: All recorded crime with any of several phrases, by offence and month
select code, strftime(recorded,'%Y-%m'), count(*) from o where recorded between '2025-01-01' and '2025-03-31' and
occ in (select occ from h where w in ('Snapchat','Facebook','Twitter')) group by all;
-- 3 crimes: The same, where the suspect is under 18
select class, count(*) from o where suspect_age in ('9','13','17') and recorded between '2024-04-06' and
'2025-04-05' and occ in (select occ from h where w in ('Snapchat','Facebook')) group by all;
-- 4 crimes: A category by year
select strftime(recorded,'%Y'), count(*) from o where code in ('086/02','086/10') and year(recorded) between 2022
and 2024 and occ in (select occ from hmo where w='AI generated') group by all;
-- 5 crimes: A group of offences, keyword by keyword, by year, and the online flag
select w, strftime(recorded,'%Y'), count(distinct crime) from o join h using (occ) where code in ('008/30','035/00')
and year(recorded) between 2021 and 2024 and w in ('Snapchat','Tinder','Grindr','Facebook','webcam') group by all;
select strftime(recorded,'%Y'), count(*) from o where code in ('008/30','035/00') and year(recorded) between 2021
and 2024 and online='yes' group by all;
-- 6 crimes: Every record that contains one word, and the kinds of offence
select class, strftime(recorded,'%Y'), count(*) from o where year(recorded) between 2021 and 2024 and occ in (select
occ from h where w='drone') group by all;
select category, count(*) from o where year(recorded) between 2021 and 2024 and occ in (select occ from h where
w='drone') group by all;
-- 7 crimes: Application by application, by offence, financial years
select w, fy, count(distinct crime) from o join h using (occ) where recorded between '2021-04-01' and '2025-03-31'
and w in ('Tinder','Grindr','Snapchat') group by all;
select code, w, count(distinct crime) from o join h using (occ) where recorded between '2021-04-01' and '2025-03-31'
and w in ('Tinder','Grindr','Snapchat') group by all;
-- 8 incidents: Incident logs that hold both of two words
select code, case when strftime(recorded,'%Y-%m')>'' then strftime(recorded,'%Y-%m') end, count(*) from o where
recorded between '2023-10-09' and '2024-10-08' and occ in (select occ from h where w='e-scooter') and occ in (select
occ from h where w in ('knife','drone','needle')) group by all;
-- 9 crimes: Victims 18 and over, with outcomes
select strftime(recorded,'%Y-%m'), count(*) from o where code in ('088/15','175/08') and recorded>='2024-01-31' and
victim_age in ('18','24','31','47','70','18-24','65+') group by all;
select case when outcome in ('1','1A') then 'Charged or summonsed' when outcome in ('14','15','16') then 'Evidential
difficulties' when outcome='' then 'Not yet assigned an outcome' else 'Other outcomes' end, count(*) from o where
code in ('088/15','175/08') and recorded>='2024-01-31' and victim_age in ('18','24','31','47','70','18-24','65+')
group by all;
-- 10 crimes: One chatbot in the MO of all crime, latest twelve months
select code, count(*) from o where recorded>='2024-07-01' and occ in (select occ from hmo where w='AI generated')
group by all;
-- 11 crimes: An offence recorded alongside another
select strftime(recorded,'%Y'), count(*) from o where code='088/05' and recorded between '2021-01-01' and
'2025-06-30' and location='dwelling' and exists(select 1 from o p where p.occ=o.occ and p.crime<>o.crime and p.code
in ('030/01','049/10','058/01','008/01')) group by all;
-- 12 crimes: People as the unit
select case when age in ('9','13','17') then '0-17' when age='' then 'age not recorded' else '18+' end, case sex when ''
then 'not recorded' else sex end, count(*) from p where role='victim' and code='088/15' and year(recorded)=2024 group
by all;
select strftime(recorded,'%Y')||'-Q'||quarter(recorded), count(*) from p where role='victim' and code='088/15' and
year(recorded)=2024 and age in ('9','13','17') group by all;
select case when age in ('9','13','17') then '0-17' when age='' then 'age not recorded' else '18+' end, count(*) from p
where role='charged' and code='088/15' and year(recorded)=2024 group by all;
-- 13 crimes: Outcomes and what is still open, with a breakdown of victims
select case outcome when '' then 'Still open' else outcome end, strftime(recorded,'%Y'), count(*) from o where
code='035/00' and year(recorded) between 2023 and 2024 group by all;
select case sex when '' then 'not recorded' else sex end, case ethnicity when '' then 'not recorded' else ethnicity
end, strftime(recorded,'%Y'), count(*) from p where role='victim' and code='035/00' and year(recorded) between 2023 and
2024 group by all;
-- 14 crimes: The requester's own table: age by sex by online flag
select case when victim_age in ('9','13','17') then '0-17' when victim_age='' then 'age not recorded' else '18+'
end, case victim_sex when '' then 'not recorded' else victim_sex end, case online when '' then 'not recorded' else
online end, count(*) from o where class='Sexual offences' and year(recorded) between 2022 and 2024 group by all;
-- 15 crimes: Blackmail with webcam words, age bands
select case when victim_age='9' then '0-9' when victim_age in ('13','17') then '10-17' when victim_age in
('18','24','18-24') then '18-24' when victim_age='' then 'not recorded' else '25+' end, case victim_sex when '' then
'not recorded' else victim_sex end, count(*) from o where code='035/00' and recorded between '2021-01-01' and
'2025-06-30' and occ in (select occ from h where w='webcam') group by all;
select case when age='9' then '0-9' when age in ('13','17') then '10-17' when age in ('18','24','18-24') then '18-24'
when age='' then 'not recorded' else '25+' end, count(*) from p where role='suspect' and code='035/00' and recorded
between '2021-01-01' and '2025-06-30' and occ in (select occ from h where w='webcam') group by all;
-- 16 incidents: Incidents with a word, by place and outcome
select case district when '' then 'not recorded' else district end, case outcome when '' then 'not recorded' else
outcome end, count(*) from o where code='NSIR-04' and year(recorded) between 2023 and 2024 and occ in (select occ
from h where w='e-scooter') group by all;
-- 17 searches: Stop and search by reason and place, by year
select code, strftime(recorded,'%Y'), count(*) from o where year(recorded) between 2022 and 2024 group by all;
select case district when '' then 'not recorded' else district end, strftime(recorded,'%Y'), count(*) from o where
year(recorded) between 2022 and 2024 group by all;
-- 18 crimes: Has something ever been recorded?
select count(*) from o where code='008/21' and recorded between '2020-04-01' and '2025-06-30' and occ in (select occ
from h where w='XL bully');
-- 19 crimes: Several parts, each with its own period and words
select strftime(recorded,'%Y'), count(*) from o where code='086/02' and year(recorded) between 2023 and 2024 and occ
in (select occ from h where w='AI generated') group by all;
select strftime(recorded,'%Y'), count(*) from o where code='086/02' and year(recorded)=2024 and occ in (select occ
from h where w='webcam') group by all;
select strftime(recorded,'%Y'), count(*) from o where code='086/02' and year(recorded) between 2023 and 2024 group
by all;
-- 20 crimes: By crime type and by action taken, 6 April to 5 April
select code, strftime(recorded,'%Y-%m'), count(*) from o where class='Violence against the person' and recorded
between '2023-04-06' and '2024-04-05' and occ in (select occ from hsum where w='Snapchat') group by all;
select case outcome when '' then 'not recorded' else outcome end, strftime(recorded,'%Y')||'-Q'||quarter(recorded),
count(*) from o where class='Violence against the person' and recorded between '2023-04-06' and '2024-04-05' and occ
in (select occ from hsum where w='Snapchat') group by all;
-- 21 crimes: Each, either, both
select k, n from (select 'q1' k, (select count(*) from o where recorded between '2024-01-01' and '2025-03-15' and
occ in (select occ from hmo where w='Facebook')) n union all select 'q2', (select count(*) from o where recorded
between '2024-01-01' and '2025-03-15' and occ in (select occ from hmo where w='Twitter')) union all select 'q3',
(select count(*) from o where recorded between '2024-01-01' and '2025-03-15' and occ in (select occ from hmo where
w='Facebook') and occ in (select occ from hmo where w='Twitter')));
-- 22 crimes: Spiking: offences and words, by year and sex
select w, strftime(recorded,'%Y'), count(distinct occ) from o join h using (occ) where code in
('008/01','105/01','088/05') and year(recorded) between 2021 and 2024 and w in ('needle','spiked drink') group by
all;
select case victim_sex when '' then 'not recorded' else victim_sex end, strftime(recorded,'%Y'), count(distinct occ)
from o where code in ('008/01','105/01','088/05') and year(recorded) between 2021 and 2024 and occ in (select occ
from h where w in ('needle','spiked drink')) group by all;
-- 23 crimes: A place's share: with and without the words
select case district when '' then 'not recorded' else district end, count(*) from o where (class='Theft' or
code='030/01') and year(recorded)=2024 and occ in (select occ from h where w='drone') group by all;
-- 24 crimes: By hour of the day and by weekday
select case recorded_time when '' then 'time not recorded' else substr(recorded_time,1,2) end, count(*) from o where
code='030/01' and year(recorded)=2024 group by all;
select dayname(recorded), count(*) from o where code='030/01' and year(recorded)=2024 group by all;
-- 25 crimes: Victim and suspect both under 18
select 'Other sexual offences', strftime(recorded,'%Y'), count(*) from o where class='Sexual offences' and
year(recorded) between 2022 and 2024 and victim_age in ('9','13','17') and suspect_age in ('9','13','17') group by
all;
-- 26 crimes: The yearly figure by date of commission
select strftime(committed,'%Y'), count(*) from o where code='105/01' and year(committed) between 2021 and 2024 group
by all;
-- 27 crimes: The force's flag beside the words
select case markers when 'AI' then 'marked AI' when 'AI:not' then 'marked not AI' else 'without a word of the
marker' end, strftime(recorded,'%Y'), count(*) from o where code='086/02' and year(recorded) between 2022 and 2024
and occ in (select occ from h where w='AI generated') group by all;
-- 28 crimes: A knife word where the flag is missing
select outcome, count(*) from o where code='008/01' and year(recorded) between 2023 and 2024 and outcome not in
('','1','1A') and district<>'North' and occ in (select occ from h where w='knife') group by all;
-- 29 crimes: By week
select code, strftime(recorded,'%G-W%V'), count(*) from o where code in ('030/01','049/10') and recorded between
'2025-03-03' and '2025-06-29' group by all;
-- 30 crimes: A month of days
select code, strftime(recorded,'%Y-%m'), count(*) from o where code like '086/%' and recorded between '2025-01-10'
and '2025-02-09' group by all;
