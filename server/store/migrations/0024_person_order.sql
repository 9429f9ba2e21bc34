-- The register of people in the order of sectors and of organisations.
create index person_by_sector on person (sector, id);
create index person_by_organisation on person (organisation, id);
