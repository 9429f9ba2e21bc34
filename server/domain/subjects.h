/* The subjects, in the order in which they may use each other. Adding one is its folder, a line
 * here and one in subjects.c. */
#pragma once

#include "model/subject.h"

/* Ends with NULL. */
extern const Subject *const subjects[];

extern const Subject person;
