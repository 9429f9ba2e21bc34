/* In whose lane of the readers' line a request waits: in that of the person whose session its
 * cookie was found to be, by whatever sessions; of anybody else, in that of its address. What a
 * cookie says of itself counts for nothing. Main thread. */
#pragma once

typedef struct Lanes Lanes;

Lanes *lanes_new(void);
void lanes_free(Lanes *lanes);

/* The cookie was found to be a session of this person. */
void lanes_note(Lanes *lanes, const char *cookie, const char *person);
/* The cookie was found to be no session, or none any more: it is nobody's. */
void lanes_forget(Lanes *lanes, const char *cookie);
/* cookie: or NULL. Good until the next change; address is returned when nothing is known. */
const char *lanes_find(const Lanes *lanes, const char *cookie, const char *address);
