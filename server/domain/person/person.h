/* What other subjects say of people. */
#pragma once

#define PERSON_NAME_MOST 64 /* characters */
#define PERSON_SECTOR_MOST 64
#define PERSON_ORGANISATION_MOST 128
