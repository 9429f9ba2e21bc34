/* What others need to know of organisations. */
#pragma once

/* Their kinds: special committees, sectors, parties, offices, handling units, stations and studios
 * of members, groups of a plenary, subvenues. */
#define ORG_KINDS                                                                                  \
  "committee sector party_group office_dept unit station studio plenary_group subvenue"
