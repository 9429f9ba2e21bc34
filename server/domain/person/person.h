/* What other subjects say of people. */
#pragma once

#define PERSON_NAME_MOST 64 /* characters */
#define PERSON_SECTOR_MOST 64
#define PERSON_ORGANISATION_MOST 128
/* What one signs in by: characters of an address, too. */
#define PERSON_LOGIN_MOST 64
#define PERSON_LOGIN_CHARS "a-zA-Z0-9._@-"
