#include "model/check.h"

#include <string.h>

#include "model/paper.h"
#include "model/right.h"
#include "model/take.h"

unsigned model_bit_of(GPtrArray *names, const char *name) {
  guint index;
  if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, &index))
    return index;
  g_ptr_array_add(names, g_strdup(name));
  return names->len - 1;
}

bool model_fail(const Subject *subject, char **why, const char *what, const char *name) {
  *why = g_strdup_printf("subject %s: %s: %s", subject->name, what, name);
  return false;
}

const State *model_state(const Subject *subject, const char *name) {
  for (const State *state = subject->states; state && state->name; state++)
    if (strcmp(state->name, name) == 0)
      return state;
  return NULL;
}

bool field_is_own(const Field *field) {
  return !field->at;
}

bool subject_has_route(const Subject *subject, RouteKind kind) {
  const Route *route = subject->routes;
  while (route->path && route->kind != kind)
    route++;
  return route->path != NULL;
}

bool check_given(const Info *info, const char *verb, char **why) {
  return info_verb(info, verb) >= 0 ||
         model_fail(info->subject, why, "nobody was given the verb", verb);
}

uint64_t verb_bit(const Info *info, const char *verb) {
  return UINT64_C(1) << info_verb(info, verb);
}

bool check_shape(const Subject *subject, const char *shape, unsigned never, char **why) {
  g_auto(GStrv) names = g_strsplit(shape ? shape : "", " ", -1);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    if (g_str_has_suffix(names[i], "?"))
      names[i][strlen(names[i]) - 1] = 0;
    const Field *field = field_find(subject->fields, names[i]);
    if (!field || (field->flags & never))
      return model_fail(subject, why, "no such field to be set", names[i]);
  }
  return true;
}

/* verb: of the list. What is shown to those only who have that verb tells nobody else anything. */
static bool check_words(const Info *info, const char *verb, const char *words, SectionKind kind,
                        char **why) {
  g_auto(GStrv) names = g_strsplit(words ? words : "", " ", -1);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    const char *name = names[i] + (*names[i] == '-');
    const Field *field = field_find(info->subject->fields, name);
    if (kind == SECTION_FILTER && info->state.name && strcmp(name, "state") == 0)
      continue;
    if (info->due.name && strcmp(name, "due") == 0)
      continue;
    if (!sections_find(&info->sections, kind, name) && !(field && field_is_own(field)))
      return model_fail(info->subject, why, "neither a field nor a section", name);
    if (field && field->see &&
        strcmp(field->see, verb) != 0) /* order, counts and cursors would tell it to everybody */
      return model_fail(info->subject, why, "not for everybody, and so no sort or filter", name);
    if (field && (field->flags & OPTIONAL) && kind == SECTION_SORT && !field->at)
      return model_fail(info->subject, why, "may be null, and so no sort", name);
  }
  return true;
}

static bool check_list(const Info *info, const Route *route, char **why) {
  const List *list = route->list;
  if (!list || !list->sort || !*list->sort)
    return model_fail(info->subject, why, "a list wants an order", list ? "sort" : "list");
  if (list->where && !sections_find(&info->sections, SECTION_WHERE, list->where))
    return model_fail(info->subject, why, "no such where", list->where);
  return check_words(info, route->verb, list->sort, SECTION_SORT, why) &&
         check_words(info, route->verb, list->filter, SECTION_FILTER, why);
}

/* There is no row yet that could be in a scope or a state. */
static bool is_for_all(const Info *info, const char *verb) {
  for (const Grant *grant = info->subject->grants; grant->who; grant++)
    if (shape_has(grant->may, verb, NULL) && (strcmp(grant->whose, "all") != 0 || grant->states))
      return false;
  return true;
}

/* Of a route on another record: that its rows refer to it, and the path says which. Whether the
 * verb is one of the other's is seen when all are there. */
static bool check_on(const Subject *subject, const Route *route, char **why) {
  const char *under = route_under(route);
  g_autofree char *mark = under ? g_strdup_printf("{%s}", under) : NULL;
  const Field *field = under ? field_find(subject->fields, under) : NULL;
  return !route->on ||
         (under && field && field->type == F_REF && field_is_own(field) &&
          strcmp(field->of, under) == 0 && strstr(route->path, mark)) ||
         model_fail(subject, why, "is not on what the path names", route->on);
}

/* Whether the body may say what the path says. */
static bool shape_has_path(const Route *route) {
  for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
    g_autofree char *name = g_strndup(at + 1, strcspn(at, "}") - 1);
    if (shape_has(route->in, name, NULL))
      return true;
  }
  return false;
}

/* It makes and edits rows as others do, finds them, and can take them back. */
static bool check_import(const Info *info, const Route *route, char **why) {
  const Subject *subject = info->subject;
  const Route *maker = subject->routes;
  bool key = false;
  for (const Field *field = subject->fields; field->name; field++)
    key = key || (field->flags & (KEY | KEY_PART));
  while (maker->path && (maker->kind != R_CREATE || g_strcmp0(maker->verb, route->makes) != 0))
    maker++;
  if (route->makes && !maker->path)
    return model_fail(subject, why, "no CREATE has the verb by which an import makes rows",
                      route->makes);
  if (!key)
    return model_fail(subject, why, "an import finds no rows without a KEY", route->path);
  if (!route->list || !route->effect || !subject_has_route(subject, R_CREATE) ||
      !subject_has_route(subject, R_EDIT))
    return model_fail(subject, why, "an import wants a list, an effect, and CREATE and EDIT",
                      route->path);
  return is_for_all(info, route->verb) ||
         model_fail(subject, why, "importing is given for \"all\", in any state", route->verb);
}

static bool check_route(Info *info, const Route *route, char **why) {
  const Subject *subject = info->subject;
  if (!check_on(subject, route, why))
    return false;
  if (route->kind == R_STEPS)
    return subject->steps || model_fail(subject, why, "there are no steps", route->path);
  if (!check_given(info, route->verb, why))
    return false;
  if (route->kind == R_EDIT || route->kind == R_DO)
    info->acts |= verb_bit(info, route->verb);
  if ((route->flags & BULK) && route->kind != R_EDIT && route->kind != R_DO)
    return model_fail(subject, why, "only edits and acts are done to many", route->path);
  if (route->flags & MAY_TELL_NOBODY)
    return model_fail(subject, why, "only steps are taken without telling anybody", route->path);
  if (route->kind == R_DO && !route->effect)
    return model_fail(subject, why, "an act without effect", route->verb);
  if (route->kind == R_CREATE && !is_for_all(info, route->verb))
    return model_fail(subject, why, "making a row is given for \"all\", in any state", route->verb);
  if (route->kind == R_IMPORT && !check_import(info, route, why))
    return false;
  if (shape_has_path(route))
    return model_fail(subject, why, "the path and the body say the same", route->path);
  if (route->kind == R_CREATE && subject->steps && !info_step(info, route->verb, ""))
    return model_fail(subject, why, "no step makes a row by the verb", route->verb);
  return check_shape(subject, route->in, route->kind == R_EDIT ? GIVEN | ONCE : GIVEN, why) &&
         check_shape(subject, route->out, 0, why) &&
         (route->kind != R_LIST || check_list(info, route, why));
}

bool check_fields(const Info *info, char **why) {
  for (const Field *field = info->subject->fields; field->name; field++)
    if (field->see && info_verb(info, field->see) < 0)
      return model_fail(info->subject, why, "nobody was given the verb that shows it", field->see);
  return true;
}

/* What it prints, of what, and who may; `may` tells it of a row. */
static bool check_paper(Info *info, const Paper *paper, char **why) {
  const Subject *subject = info->subject;
  const Route *route = subject->routes;
  g_auto(GStrv) lists = g_strsplit(paper->rows ? paper->rows : "", " ", -1);
  while (route->path && !paper_is_of(paper, route))
    route++;
  if (!route->path)
    return model_fail(subject, why, "nothing that could be printed", paper->code);
  if (paper->list)
    return (!paper->get && !paper->rows && !paper->verb) ||
           model_fail(subject, why, "a list is printed as it is", paper->code);
  if (paper->get && !sections_find(&info->sections, SECTION_GET, paper->get))
    return model_fail(subject, why, "no such get", paper->get);
  for (unsigned i = 0; lists[i]; i++)
    if (*lists[i] && !sections_find(&info->sections, SECTION_ROWS, lists[i]))
      return model_fail(subject, why, "no such rows", lists[i]);
  if (!check_given(info, paper->verb, why))
    return false;
  if (strcmp(paper->verb, "read") != 0 && !(info->acts & verb_bit(info, paper->verb))) {
    info->acts |= verb_bit(info, paper->verb);
    info->prints |= verb_bit(info, paper->verb);
  }
  return true;
}

bool check_papers(Info *info, char **why) {
  for (const Paper *paper = info->subject->papers; paper && paper->code; paper++)
    if (!check_paper(info, paper, why))
      return false;
  return true;
}

bool check_routes(Info *info, char **why) {
  for (const Route *route = info->subject->routes; route->path; route++)
    if (!check_route(info, route, why))
      return false;
  return true;
}
