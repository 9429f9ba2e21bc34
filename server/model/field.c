#include "model/field.h"

#include <stddef.h>
#include <string.h>

const Field *field_find(const Field *fields, const char *name) {
  for (; fields && fields->name; fields++)
    if (strcmp(fields->name, name) == 0)
      return fields;
  return NULL;
}
