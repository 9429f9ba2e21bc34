#include "model/model.h"

#include <string.h>

#include "model/take.h"

struct Model {
  GPtrArray *infos; /* Info */
};

/* ---- words separated by blanks ---- */

static unsigned bit_of(GPtrArray *names, const char *name) {
  guint index;
  if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, &index))
    return index;
  g_ptr_array_add(names, g_strdup(name));
  return names->len - 1;
}

static bool fail(const Subject *subject, char **why, const char *what, const char *name) {
  *why = g_strdup_printf("subject %s: %s: %s", subject->name, what, name);
  return false;
}

/* ---- the row ---- */

/* The end of the text up to the first of these words that stands in no parentheses and no quotes.
 */
static const char *find_word(const char *text, const char *word) {
  size_t length = strlen(word);
  int depth = 0;
  for (const char *at = text; *at; at++) {
    if (*at == '\'' || *at == '"') {
      const char *end = strchr(at + 1, *at);
      if (!end)
        return NULL;
      at = end;
    } else if (*at == '(' || *at == ')') {
      depth += *at == '(' ? 1 : -1;
    } else if (depth == 0 && at > text && g_ascii_isspace(at[-1]) &&
               g_ascii_strncasecmp(at, word, length) == 0 && g_ascii_isspace(at[length])) {
      return at;
    }
  }
  return NULL;
}

static bool is_own_column(const Field *field) {
  return !field->at;
}

/* p.id as "id", p.name as "name" … */
static char *own_columns(const Subject *subject, char alias) {
  GString *columns = g_string_new(NULL);
  g_string_printf(columns, "%c.id as \"id\"", alias);
  for (const Field *field = subject->fields; field->name; field++)
    if (is_own_column(field))
      g_string_append_printf(columns, ", %c.\"%s\" as \"%s\"", alias, field->name, field->name);
  return g_string_free(columns, FALSE);
}

/* "from person p …": the alias is the word behind the table's name. */
static char read_alias(const char *from, const char *table) {
  g_auto(GStrv) words = g_strsplit_set(from, " \n\t", -1);
  const char *seen[3] = {NULL};
  for (unsigned i = 0, n = 0; words[i] && n < 3; i++)
    if (*words[i])
      seen[n++] = words[i];
  return seen[2] && strcmp(seen[1], table) == 0 && strlen(seen[2]) == 1 ? *seen[2] : 0;
}

static bool read_row(Info *info, char **why) {
  const Subject *subject = info->subject;
  const char *row = sections_find(&info->sections, SECTION_ROW, NULL);
  const char *from = row ? find_word(row, "from") : NULL;
  if (!from || g_ascii_strncasecmp(row, "select ", 7) != 0)
    return fail(subject, why, "no row with a select and a from", subject->table);
  if (find_word(row, "where") || find_word(row, "group"))
    return fail(subject, why, "the row has conditions of its own", subject->table);
  info->from = g_strdup(from);
  info->alias = read_alias(from, subject->table);
  if (!info->alias)
    return fail(subject, why, "the row does not begin with the table and an alias of one letter",
                subject->table);
  g_autofree char *mark = g_strdup_printf("{%c}", info->alias);
  g_autofree char *own = own_columns(subject, info->alias);
  g_autofree char *columns = g_strndup(row + 7, (gsize)(from - row - 7));
  g_auto(GStrv) parts = g_strsplit(columns, mark, -1);
  info->columns = g_strstrip(g_strjoinv(own, parts));
  return true;
}

/* ---- grants ---- */

static bool add_rule(Info *info, const Grant *grant, char **why) {
  Rule rule = {.who = grant->who, .scope = -1};
  if (strcmp(grant->whose, "all") != 0) {
    if (!sections_find(&info->sections, SECTION_SCOPE, grant->whose))
      return fail(info->subject, why, "no such scope", grant->whose);
    rule.scope = (int)bit_of(info->scopes, grant->whose);
  }
  g_auto(GStrv) verbs = g_strsplit(grant->may, " ", -1);
  for (unsigned i = 0; verbs[i]; i++)
    rule.may |= UINT64_C(1) << bit_of(info->verbs, verbs[i]);
  if (info->verbs->len > VERBS_MAX || info->scopes->len > SCOPES_MAX)
    return fail(info->subject, why, "too many verbs or scopes", grant->may);
  if (grant->states)
    rule.states = g_strsplit(grant->states, " ", -1);
  g_array_append_val(info->rules, rule);
  return true;
}

static bool add_rules(Info *info, char **why) {
  for (const Grant *grant = info->subject->grants; grant->who; grant++)
    if (!add_rule(info, grant, why))
      return false;
  return true;
}

/* ---- do all names resolve? ---- */

static bool check_shape(const Subject *subject, const Route *route, char **why) {
  g_auto(GStrv) names = g_strsplit(route->in ? route->in : "", " ", -1);
  unsigned never = route->kind == R_EDIT ? GIVEN | ONCE : GIVEN;
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    if (g_str_has_suffix(names[i], "?"))
      names[i][strlen(names[i]) - 1] = 0;
    const Field *field = field_find(subject->fields, names[i]);
    if (!field || (field->flags & never))
      return fail(subject, why, "no such field to be set", names[i]);
  }
  return true;
}

static bool check_words(const Info *info, const char *words, SectionKind kind, char **why) {
  g_auto(GStrv) names = g_strsplit(words ? words : "", " ", -1);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    const char *name = names[i] + (*names[i] == '-');
    const Field *field = field_find(info->subject->fields, name);
    if (!sections_find(&info->sections, kind, name) && !(field && is_own_column(field)))
      return fail(info->subject, why, "neither a field nor a section", name);
  }
  return true;
}

static bool check_list(const Info *info, const List *list, char **why) {
  if (!list || !list->sort || !*list->sort)
    return fail(info->subject, why, "a list wants an order", list ? "sort" : "list");
  if (list->where && !sections_find(&info->sections, SECTION_WHERE, list->where))
    return fail(info->subject, why, "no such where", list->where);
  return check_words(info, list->sort, SECTION_SORT, why) &&
         check_words(info, list->filter, SECTION_FILTER, why);
}

static bool check_route(Info *info, const Route *route, char **why) {
  int verb = info_verb(info, route->verb);
  if (verb < 0)
    return fail(info->subject, why, "nobody was given the verb", route->verb);
  if (route->kind == R_EDIT || route->kind == R_DO)
    info->acts |= UINT64_C(1) << verb;
  if (route->kind == R_DO && !route->effect)
    return fail(info->subject, why, "an act without effect", route->verb);
  return check_shape(info->subject, route, why) &&
         (route->kind != R_LIST || check_list(info, route->list, why));
}

static bool check_fields(const Info *info, char **why) {
  for (const Field *field = info->subject->fields; field->name; field++)
    if (field->see && info_verb(info, field->see) < 0)
      return fail(info->subject, why, "nobody was given the verb that shows it", field->see);
  return true;
}

static bool check_routes(Info *info, char **why) {
  for (const Route *route = info->subject->routes; route->path; route++)
    if (!check_route(info, route, why))
      return false;
  return true;
}

static bool read_sections(Info *info, char **why) {
  g_autofree char *where = NULL;
  return sections_parse(&info->sections, info->subject->sql, &where) ||
         fail(info->subject, why, "queries.sql", where);
}

/* ---- the model ---- */

static void rule_clear(void *pointer) {
  g_strfreev(((Rule *)pointer)->states);
}

static void info_free(void *pointer) {
  Info *info = pointer;
  sections_clear(&info->sections);
  g_free(info->columns);
  g_free(info->from);
  g_ptr_array_unref(info->verbs);
  g_ptr_array_unref(info->scopes);
  g_array_unref(info->rules);
  g_free(info);
}

static Info *info_new(const Subject *subject) {
  Info *info = g_new0(Info, 1);
  info->subject = subject;
  info->verbs = g_ptr_array_new_with_free_func(g_free);
  info->scopes = g_ptr_array_new_with_free_func(g_free);
  info->rules = g_array_new(FALSE, FALSE, sizeof(Rule));
  g_array_set_clear_func(info->rules, rule_clear);
  return info;
}

Model *model_new(const Subject *const *subjects, char **why) {
  g_autoptr(Model) model = g_new0(Model, 1);
  model->infos = g_ptr_array_new_with_free_func(info_free);
  for (; *subjects; subjects++) {
    Info *info = info_new(*subjects);
    g_ptr_array_add(model->infos, info);
    if (!read_sections(info, why) || !read_row(info, why) || !add_rules(info, why) ||
        !check_fields(info, why) || !check_routes(info, why))
      return NULL;
  }
  return g_steal_pointer(&model);
}

void model_free(Model *model) {
  if (!model)
    return;
  g_ptr_array_unref(model->infos);
  g_free(model);
}

unsigned model_count(const Model *model) {
  return model->infos->len;
}

const Info *model_info(const Model *model, unsigned n) {
  return model->infos->pdata[n];
}

const Info *model_find(const Model *model, const char *name) {
  for (unsigned i = 0; i < model->infos->len; i++)
    if (strcmp(model_info(model, i)->subject->name, name) == 0)
      return model_info(model, i);
  return NULL;
}

const Field *model_column(const Model *model, const char *table, const char *column) {
  for (unsigned i = 0; table && i < model->infos->len; i++) {
    const Subject *subject = model_info(model, i)->subject;
    for (const Field *field = subject->fields; field->name; field++)
      if (strcmp(field->at ? field->at : subject->table, table) == 0 &&
          strcmp(field->name, column) == 0)
        return field;
  }
  return NULL;
}

/* ---- rights ---- */

int info_verb(const Info *info, const char *verb) {
  guint index;
  return g_ptr_array_find_with_equal_func(info->verbs, verb, g_str_equal, &index) ? (int)index : -1;
}

bool info_has(const Info *info, unsigned roles, int verb) {
  for (unsigned i = 0; verb >= 0 && i < info->rules->len; i++) {
    const Rule *rule = &g_array_index(info->rules, Rule, i);
    if ((rule->who & roles) && (rule->may >> verb & 1))
      return true;
  }
  return false;
}

uint32_t info_scopes(const Info *info, unsigned roles) {
  uint32_t scopes = 0;
  for (unsigned i = 0; i < info->rules->len; i++) {
    const Rule *rule = &g_array_index(info->rules, Rule, i);
    if ((rule->who & roles) && rule->scope >= 0)
      scopes |= UINT32_C(1) << rule->scope;
  }
  return scopes;
}

static bool in_state(const Rule *rule, const char *state) {
  return !rule->states || (state && g_strv_contains((const char *const *)rule->states, state));
}

uint64_t info_verbs(const Info *info, unsigned roles, uint32_t scopes, const char *state) {
  uint64_t verbs = 0;
  for (unsigned i = 0; i < info->rules->len; i++) {
    const Rule *rule = &g_array_index(info->rules, Rule, i);
    if ((rule->who & roles) && (rule->scope < 0 || (scopes >> rule->scope & 1)) &&
        in_state(rule, state))
      verbs |= rule->may;
  }
  return verbs;
}
