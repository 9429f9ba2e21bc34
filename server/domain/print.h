/* What the program prints of the subjects' declarations, each as a text to be freed with g_free.
 * The first print that asks a database opens one in memory with all migrations and guards, for the
 * rest of the program, so it is a test of the whole model as well; what does not compile ends the
 * program, by name. Main thread. */
#pragma once

/* Who may what (model/rights.h). */
char *subjects_rights(void);
/* The web side's domain/subjects.ts. */
char *subjects_web(void);
/* The web side's domain/rights.ts. */
char *subjects_web_rights(void);
/* The web side's domain/X/gen.ts (model/print-web.h). */
char *subject_web(const char *name);
