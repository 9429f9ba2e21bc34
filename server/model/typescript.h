/* TypeScript as the repository writes it (web/.prettierrc.json): what does not fit a line is broken
 * as the formatter would break it, so that a printed file needs no formatting. Pure; any thread. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* A literal of the value, behind what stands on the line already; objects and lists that do not fit
 * are broken, their members two columns further in than indent. Members keep their order. */
void typescript_value(GString *out, const json_t *value, unsigned indent);
/* 'a' | 'b' behind "export type X =" or "  x:", which stands on the line already. names end with
 * NULL; none: never. */
void typescript_union(GString *out, const char *const *names, unsigned indent);
/* [person, org], of constants, where nothing but " as const" follows. */
void typescript_names(GString *out, const GPtrArray *names);
/* "set_roles": "SetRoles". Free with g_free. */
char *typescript_name(const char *name);
