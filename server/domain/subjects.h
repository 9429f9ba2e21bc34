/* The model of all subjects. */
#pragma once

/* A mistake in a declaration ends the program, by name: every start and every test finds it.
 */
struct Model *subjects_model(void);
void subjects_free(struct Model *model); /* NULL is fine */
