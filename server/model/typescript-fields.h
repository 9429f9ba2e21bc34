/* Fields of messages as TypeScript's types: an object that has a name is an interface of that name.
 * Pure; any thread. */
#pragma once

#include <glib.h>

#include "model/field.h"

/* Adds to objects (const Field *) those with a name that are in the field, itself among them: each
 * name once, an object behind what it is made of. */
void typescript_objects(const Field *field, GPtrArray *objects);
/* An interface of each. */
void typescript_interfaces(GString *out, const GPtrArray *objects);

void typescript_type(GString *out, const Field *field);
/* A line for each field in the shape; indent stands before it. */
void typescript_members(GString *out, const Field *fields, const char *shape, const char *indent);
/* What is written for people may hold Markdown; a comment holds it as well. about: or NULL. */
void typescript_comment(GString *out, const char *indent, const char *about);
