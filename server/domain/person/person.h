/* What other subjects say of people. */
#pragma once

#define PERSON_NAME_MOST 64 /* characters */
#define PERSON_ORGANISATION_MOST 128
