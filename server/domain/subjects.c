#include "domain/subjects.h"

#include <stddef.h>

const Subject *const subjects[] = {
    &person,
    NULL,
};
