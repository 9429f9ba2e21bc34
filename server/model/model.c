#include "model/model.h"

#include <string.h>

#include "model/dict.h"
#include "model/due.h"
#include "model/keys.h"
#include "model/notice.h"
#include "model/paper.h"
#include "model/right.h"
#include "model/take.h"
#include "model/undo.h"

extern const char kernel_words[]; /* words.txt */

struct Model {
  GPtrArray *infos; /* Info */
  Words words;      /* the kernel's own */
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

static bool has_state(const Subject *subject) {
  return subject->states != NULL;
}

static bool is_published(const Subject *subject) {
  for (const State *state = subject->states; state && state->name; state++)
    if (state->shown)
      return true;
  return false;
}

static bool is_own_column(const Field *field) {
  return !field->at;
}

/* p.id as "id", p.name as "name" …; a reference is written out by the author, with what is shown of
 * what it refers to ("lead.id", "lead.name"). */
static char *own_columns(const Info *info, char alias) {
  const Subject *subject = info->subject;
  GString *columns = g_string_new(NULL);
  g_string_printf(columns, "%c.\"%s\" as \"%s\"", alias, info->key, info->key);
  if (has_state(subject))
    g_string_append_printf(columns, ", %c.state as \"state\"", alias);
  if (is_published(subject))
    g_string_append_printf(columns, ", %c.published_state as \"published_state\"", alias);
  if (info->due.name)
    g_string_append(columns, due_columns);
  for (const Field *field = subject->fields; field->name; field++)
    if (is_own_column(field) && field->type == F_DICT)
      dict_columns(columns, alias, field);
    else if (is_own_column(field) && field->type != F_REF)
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
  info->alias = read_alias(from, subject->table);
  if (!info->alias)
    return fail(subject, why, "the row does not begin with the table and an alias of one letter",
                subject->table);
  g_autofree char *due = info->due.name ? due_join(subject, info->alias, info->key) : NULL;
  info->from = g_strconcat(from, due, NULL);
  g_autofree char *mark = g_strdup_printf("{%c}", info->alias);
  g_autofree char *own = own_columns(info, info->alias);
  g_autofree char *columns = g_strndup(row + 7, (gsize)(from - row - 7));
  g_auto(GStrv) parts = g_strsplit(columns, mark, -1);
  info->columns = g_strstrip(g_strjoinv(own, parts));
  return true;
}

/* ---- grants ---- */

static const State *find_state(const Subject *subject, const char *name) {
  for (const State *state = subject->states; state && state->name; state++)
    if (strcmp(state->name, name) == 0)
      return state;
  return NULL;
}

static bool add_rule(Info *info, const Grant *grant, char **why) {
  Rule rule = {.who = grant->who, .scope = -1};
  if (strcmp(grant->whose, "all") != 0) {
    if (!strchr(grant->whose, '.') && !sections_find(&info->sections, SECTION_SCOPE, grant->whose))
      return fail(info->subject, why, "no such scope", grant->whose);
    rule.scope = (int)bit_of(info->scopes, grant->whose);
  }
  g_auto(GStrv) verbs = g_strsplit(grant->may, " ", -1);
  for (unsigned i = 0; verbs[i]; i++) {
    unsigned n = bit_of(info->verbs, verbs[i]);
    if (n >= VERBS_MAX || info->scopes->len >= SCOPES_MAX - 1) /* two are left for `party` */
      return fail(info->subject, why, "too many verbs or scopes", grant->may);
    rule.may |= UINT64_C(1) << n;
  }
  if (grant->states)
    rule.states = g_strsplit(grant->states, " ", -1);
  g_array_append_val(info->rules, rule);
  for (unsigned i = 0; info->subject->states && rule.states && rule.states[i]; i++)
    if (!find_state(info->subject, rule.states[i]))
      return fail(info->subject, why, "no such state in a grant", rule.states[i]);
  return true;
}

/* Whose file a row is has to be known wherever it can be read. */
static bool find_file(Info *info, char **why) {
  const char *verb = info->subject->file;
  guint own;
  if (!verb)
    return true;
  info->file = info_verb(info, verb);
  if (info->file < 0)
    return fail(info->subject, why, "nobody was given the verb", verb);
  if (!g_ptr_array_find_with_equal_func(info->scopes, "own", g_str_equal, &own))
    return fail(info->subject, why, "nobody was given anything in the scope", "own");
  info->own = (int)own;
  return true;
}

static bool add_rules(Info *info, char **why) {
  for (const Grant *grant = info->subject->grants; grant->who; grant++)
    if (!add_rule(info, grant, why))
      return false;
  static const Grant itself = {SERVER, "all", "read", NULL};
  if (!add_rule(info, &itself, why))
    return false;
  info->work = info_verb(info, "work");
  return find_file(info, why);
}

/* ---- do all names resolve? ---- */

/* never: flags of fields that it may not set. */
static bool check_shape(const Subject *subject, const char *shape, unsigned never, char **why) {
  g_auto(GStrv) names = g_strsplit(shape ? shape : "", " ", -1);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    if (g_str_has_suffix(names[i], "?"))
      names[i][strlen(names[i]) - 1] = 0;
    const Field *field = field_find(subject->fields, names[i]);
    if (!field || (field->flags & never))
      return fail(subject, why, "no such field to be set", names[i]);
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
    if (!sections_find(&info->sections, kind, name) && !(field && is_own_column(field)))
      return fail(info->subject, why, "neither a field nor a section", name);
    if (field && field->see &&
        strcmp(field->see, verb) != 0) /* order, counts and cursors would tell it to everybody */
      return fail(info->subject, why, "not for everybody, and so no sort or filter", name);
    if (field && (field->flags & OPTIONAL) && kind == SECTION_SORT && !field->at)
      return fail(info->subject, why, "may be null, and so no sort", name);
  }
  return true;
}

static bool check_list(const Info *info, const Route *route, char **why) {
  const List *list = route->list;
  if (!list || !list->sort || !*list->sort)
    return fail(info->subject, why, "a list wants an order", list ? "sort" : "list");
  if (list->where && !sections_find(&info->sections, SECTION_WHERE, list->where))
    return fail(info->subject, why, "no such where", list->where);
  return check_words(info, route->verb, list->sort, SECTION_SORT, why) &&
         check_words(info, route->verb, list->filter, SECTION_FILTER, why);
}

static bool is_given(Info *info, const char *verb, char **why) {
  return info_verb(info, verb) >= 0 || fail(info->subject, why, "nobody was given the verb", verb);
}

static uint64_t bit(const Info *info, const char *verb) {
  return UINT64_C(1) << info_verb(info, verb);
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
         (under && field && field->type == F_REF && is_own_column(field) &&
          strcmp(field->of, under) == 0 && strstr(route->path, mark)) ||
         fail(subject, why, "is not on what the path names", route->on);
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

static bool has_route(const Subject *subject, RouteKind kind) {
  const Route *route = subject->routes;
  while (route->path && route->kind != kind)
    route++;
  return route->path != NULL;
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
    return fail(subject, why, "no CREATE has the verb by which an import makes rows", route->makes);
  if (!key)
    return fail(subject, why, "an import finds no rows without a KEY", route->path);
  if (!route->list || !route->effect || !has_route(subject, R_CREATE) ||
      !has_route(subject, R_EDIT))
    return fail(subject, why, "an import wants a list, an effect, and CREATE and EDIT",
                route->path);
  return is_for_all(info, route->verb) ||
         fail(subject, why, "importing is given for \"all\", in any state", route->verb);
}

static bool check_route(Info *info, const Route *route, char **why) {
  const Subject *subject = info->subject;
  if (!check_on(subject, route, why))
    return false;
  if (route->kind == R_STEPS)
    return subject->steps || fail(subject, why, "there are no steps", route->path);
  if (!is_given(info, route->verb, why))
    return false;
  if (route->kind == R_EDIT || route->kind == R_DO)
    info->acts |= bit(info, route->verb);
  if ((route->flags & BULK) && route->kind != R_EDIT && route->kind != R_DO)
    return fail(subject, why, "only edits and acts are done to many", route->path);
  if (route->kind == R_DO && !route->effect)
    return fail(subject, why, "an act without effect", route->verb);
  if (route->kind == R_CREATE && !is_for_all(info, route->verb))
    return fail(subject, why, "making a row is given for \"all\", in any state", route->verb);
  if (route->kind == R_IMPORT && !check_import(info, route, why))
    return false;
  if (shape_has_path(route))
    return fail(subject, why, "the path and the body say the same", route->path);
  if (route->kind == R_CREATE && subject->steps && !info_step(info, route->verb, ""))
    return fail(subject, why, "no step makes a row by the verb", route->verb);
  return check_shape(subject, route->in, route->kind == R_EDIT ? GIVEN | ONCE : GIVEN, why) &&
         check_shape(subject, route->out, 0, why) &&
         (route->kind != R_LIST || check_list(info, route, why));
}

/* ---- states and steps ---- */

static bool check_from(const Subject *subject, const Step *step, char **why) {
  g_auto(GStrv) names = g_strsplit(step->from, " ", -1);
  for (unsigned i = 0; names[i]; i++) {
    const State *state = find_state(subject, names[i]);
    if (!state)
      return fail(subject, why, "no such state", names[i]);
    if (state->flags & STATE_FINAL)
      return fail(subject, why, "a step leads out of a final state", names[i]);
  }
  return true;
}

static bool check_number(const Subject *subject, const Number *number, char **why) {
  const Field *field = field_find(subject->fields, number->field);
  bool fine = field && field->type == F_INT && !field->at && (field->flags & GIVEN) &&
              (field->flags & OPTIONAL);
  return fine ||
         fail(subject, why, "a number wants an INT that is GIVEN and OPTIONAL", number->field);
}

/* Whether the old values of what the step takes stand in its event, whole. */
static bool is_in_history(const Subject *subject, const char *shape) {
  for (const Field *field = subject->fields; field->name; field++)
    if (((field->flags & SECRET) || field->type == F_FILES || field->type == F_DICT) &&
        shape_has(shape, field->name, NULL))
      return false;
  return true;
}

/* ---- what is due, and who is told ---- */

/* Whoever is told that something is due, or overdue. */
static bool check_due(const Info *info, char **why) {
  const Subject *subject = info->subject;
  static const char *const told[] = {"due", "overdue"};
  for (unsigned i = 0; i < G_N_ELEMENTS(told); i++)
    if (info->due.name && !notice_kind(subject, told[i]))
      return fail(subject, why, "something is due, and there is no notice", told[i]);
  if (info->due.name && !sections_find(&info->sections, SECTION_PEOPLE, "due"))
    return fail(subject, why, "something is due, and no people are told", "due");
  return true;
}

static bool check_step_due(const Info *info, const Step *step, char **why) {
  const char *wrong = step->due ? due_wrong(step->due) : NULL;
  g_autoptr(GPtrArray) codes = due_codes(info->subject);
  g_auto(GStrv) acts = g_strsplit(step->due ? step->due : "", " ", -1);
  if (wrong)
    return fail(info->subject, why, wrong, step->due);
  for (unsigned i = 0; acts[i]; i++)
    if (!g_ptr_array_find_with_equal_func(codes, acts[i] + 1, g_str_equal, NULL))
      return fail(info->subject, why, "no step begins the limit", acts[i] + 1);
  return true;
}

static bool check_step_notice(const Info *info, const Step *step, char **why) {
  g_auto(GStrv) told = g_strsplit(step->notice ? step->notice : "", " ", -1);
  for (unsigned i = 0; told[i]; i++) {
    g_auto(GStrv) pair = g_strsplit(told[i], ">", 2);
    if (!pair[0] || !pair[1] || !notice_kind(info->subject, pair[0]) ||
        !sections_find(&info->sections, SECTION_PEOPLE, pair[1]))
      return fail(info->subject, why, "no such notice, or no such people", told[i]);
  }
  return true;
}

/* In a final state all that is due has been done (due.h), which cannot be taken back. */
static bool ends_limits(const Info *info, const Step *step) {
  return info->due.name && (find_state(info->subject, step->to)->flags & STATE_FINAL);
}

/* What is taken back has to be known whole: from the history, and by a function of the subject's
 * for what an effect wrote elsewhere. A number stays taken. */
static bool check_undo(const Info *info, const Step *step, char **why) {
  const Subject *subject = info->subject;
  if (step->undo_s == 0)
    return !step->undo || fail(subject, why, "it can never be taken back", step->verb);
  if (*step->from == 0 || step->number || step->due || step->notice ||
      !is_in_history(subject, step->in) || ends_limits(info, step) ||
      sections_find(&info->sections, SECTION_RUN, step->verb))
    return fail(subject, why, "it cannot be taken back", step->verb);
  return !step->effect == !step->undo ||
         fail(subject, why, "its effect is not taken back", step->verb);
}

/* Who does it to many says it once for all: whichever state a row is in, it takes the same. */
static bool check_bulk(const Subject *subject, const Step *step, char **why) {
  for (const Step *other = subject->steps; (step->flags & BULK) && other->verb; other++)
    if (strcmp(other->verb, step->verb) == 0 &&
        (!(other->flags & BULK) || g_strcmp0(other->in, step->in) != 0))
      return fail(subject, why, "for many, the steps of one verb take different things",
                  step->verb);
  return true;
}

static bool check_extras(const Info *info, const Step *step, char **why) {
  const Subject *subject = info->subject;
  if (strcmp(step->verb, UNDO_VERB) == 0)
    return fail(subject, why, "the kernel's own verb", UNDO_VERB);
  if (step->blocked_by && !sections_find(&info->sections, SECTION_ROWS, step->blocked_by))
    return fail(subject, why, "no such rows", step->blocked_by);
  return (!step->number || check_number(subject, step->number, why)) &&
         check_step_due(info, step, why) && check_step_notice(info, step, why) &&
         check_bulk(subject, step, why) && check_undo(info, step, why);
}

static bool check_step(Info *info, const Step *step, char **why) {
  const Subject *subject = info->subject;
  bool makes = *step->from == 0;
  if (!is_given(info, step->verb, why) || (!makes && !check_from(subject, step, why)) ||
      !check_shape(subject, step->in, makes ? GIVEN : GIVEN | ONCE, why))
    return false;
  const State *to = find_state(subject, step->to);
  if (!to)
    return fail(subject, why, "no such state", step->to);
  if (makes && info->published && !to->shown)
    return fail(subject, why, "a row begins in a state that shows nothing", step->to);
  if (!check_extras(info, step, why))
    return false;
  if (makes)
    return true;
  info->acts |= bit(info, step->verb);
  info->steps |= bit(info, step->verb);
  if (step->flags & DECIDES)
    info->decides |= bit(info, step->verb);
  return true;
}

/* What is shown is a state itself, and somebody works with what is not. */
static bool check_shown(const Info *info, char **why) {
  const Subject *subject = info->subject;
  for (const State *state = subject->states; state && state->name; state++)
    if (state->shown && !find_state(subject, state->shown))
      return fail(subject, why, "no such state to be shown", state->shown);
  return !info->published || info->work >= 0 ||
         fail(subject, why, "nobody was given the verb", "work");
}

/* Each state is where some step leads. */
static bool check_reached(const Subject *subject, char **why) {
  for (const State *state = subject->states; state->name; state++) {
    const Step *step = subject->steps;
    while (step->verb && strcmp(step->to, state->name) != 0)
      step++;
    if (!step->verb)
      return fail(subject, why, "no step leads to the state", state->name);
  }
  return true;
}

/* Who acts for another (behalf.h) is no more to decide on his own than on the other's; nor is he
 * ever, for himself or for whom else, on what he made for another: its maker is that other. */
static void add_deputy_party(Info *info) {
  GString *text = g_string_new(sections_find(&info->sections, SECTION_SCOPE, "party"));
  g_string_replace(text, "@me", "@deputy", 0);
  g_string_prepend(text, "(@deputy is not null and (");
  g_string_append_printf(text,
                         "\n)) or exists (select 1 from case_event made where made.subject = '%s'"
                         " and made.id = %c.\"%s\" and made.seq = 1 and made.from_state is null"
                         " and made.on_behalf is not null and made.actor in (@me, @deputy))",
                         info->subject->name, info->alias, info->key);
  Section section = {SECTION_SCOPE, g_strdup(DEPUTY_PARTY), g_string_free(text, FALSE)};
  g_array_append_val(info->sections.items, section);
  info->deputy_party = (int)bit_of(info->scopes, DEPUTY_PARTY);
}

static bool check_steps(Info *info, char **why) {
  const Subject *subject = info->subject;
  if (!subject->states != !subject->steps)
    return fail(subject, why, "states without steps, or steps without states", subject->table);
  if (!check_shown(info, why) || !check_due(info, why))
    return false;
  for (const Step *step = subject->steps; step && step->verb; step++)
    if (!check_step(info, step, why))
      return false;
  if (info->decides && !sections_find(&info->sections, SECTION_SCOPE, "party"))
    return fail(subject, why, "a step decides, and nobody is said to be a", "party");
  if (info->decides) {
    info->party = (int)bit_of(info->scopes, "party");
    add_deputy_party(info);
  }
  return !subject->steps || check_reached(subject, why);
}

/* Whether a route of another subject asks for it. */
static bool is_asked_for(const Model *model, const Subject *subject, const char *verb) {
  g_autofree char *on = g_strdup_printf("%s.%s", subject->name, verb);
  for (unsigned i = 0; i < model->infos->len; i++) {
    const Info *other = model_info(model, i);
    for (const Route *route = other->subject->routes; route->path; route++)
      if (g_strcmp0(route->on, on) == 0)
        return true;
    if (g_ptr_array_find_with_equal_func(other->scopes, on, g_str_equal, NULL))
      return true;
  }
  return false;
}

/* A verb that leads nowhere was given by mistake. */
static bool is_used(const Subject *subject, const char *verb) {
  if (strcmp(verb, "read") == 0 || strcmp(verb, "work") == 0 || strcmp(verb, "export") == 0)
    return true;
  for (const Route *route = subject->routes; route->path; route++)
    if (g_strcmp0(route->verb, verb) == 0)
      return true;
  for (const Step *step = subject->steps; step && step->verb; step++)
    if (strcmp(step->verb, verb) == 0)
      return true;
  for (const Field *field = subject->fields; field->name; field++)
    if (g_strcmp0(field->see, verb) == 0)
      return true;
  return false;
}

/* What others ask for is told with the acts: it is what somebody may do with the row. */
static bool check_verbs(const Model *model, Info *info, char **why) {
  for (unsigned i = 0; i < info->verbs->len; i++) {
    const char *verb = info->verbs->pdata[i];
    bool asked_for = strcmp(verb, "read") != 0 && is_asked_for(model, info->subject, verb);
    if (!asked_for && !is_used(info->subject, verb))
      return fail(info->subject, why, "a verb without use", verb);
    if (asked_for) {
      info->acts |= bit(info, verb);
      info->prints &= ~bit(info, verb);
    }
  }
  return true;
}

/* Whether the scopes of a subject, or of those that they name, are rights on that other one. */
static bool leads_to(const Info *from, const Info *to) {
  for (unsigned bit = 0; bit < from->scopes->len; bit++) {
    const Info *next = from->elsewhere[bit].info;
    if (next && (next == to || leads_to(next, to)))
      return true;
  }
  return false;
}

/* The other's condition is put inside this one's: under the same letter it would mean itself, and
 * in a circle there would be no end of it. */
static bool check_nesting(const Info *info, const Info *other, const char *name, char **why) {
  if (other == info || leads_to(other, info))
    return fail(info->subject, why, "a scope that leads back to it", name);
  return other->alias != info->alias ||
         fail(info->subject, why, "its table has the same letter in both queries.sql", name);
}

/* "meeting.run": the subject refers to a meeting, whose verb that is. What is a step there depends
 * on the state too, and is no scope. */
static bool find_elsewhere(const Model *model, Info *info, unsigned bit, char **why) {
  const char *name = info->scopes->pdata[bit], *dot = strchr(name, '.');
  g_autofree char *subject = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
  if (!dot)
    return true;
  const Info *other = model_find(model, subject);
  const Field *field = field_find(info->subject->fields, subject);
  int verb = other ? info_verb(other, dot + 1) : -1;
  if (verb < 0 || (other->steps >> verb & 1) || !field || field->type != F_REF || field->at ||
      strcmp(field->of, subject) != 0)
    return fail(info->subject, why, "no such scope", name);
  if (!check_nesting(info, other, name, why))
    return false;
  info->elsewhere[bit] = (Elsewhere){other, verb};
  return true;
}

static bool check_elsewhere(const Model *model, Info *info, char **why) {
  for (unsigned bit = 0; bit < info->scopes->len; bit++)
    if (strcmp(info->scopes->pdata[bit], DEPUTY_PARTY) != 0 &&
        !find_elsewhere(model, info, bit, why))
      return false;
  return true;
}

static bool check_others(const Model *model, const Info *info, char **why) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    const Info *other = route->on ? model_find(model, route_under(route)) : NULL;
    if (route->on && (!other || info_verb(other, strchr(route->on, '.') + 1) < 0))
      return fail(info->subject, why, "no such verb", route->on);
  }
  return true;
}

static bool check_fields(const Info *info, char **why) {
  for (const Field *field = info->subject->fields; field->name; field++)
    if (field->see && info_verb(info, field->see) < 0)
      return fail(info->subject, why, "nobody was given the verb that shows it", field->see);
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
    return fail(subject, why, "nothing that could be printed", paper->code);
  if (paper->list)
    return (!paper->get && !paper->rows && !paper->verb) ||
           fail(subject, why, "a list is printed as it is", paper->code);
  if (paper->get && !sections_find(&info->sections, SECTION_GET, paper->get))
    return fail(subject, why, "no such get", paper->get);
  for (unsigned i = 0; lists[i]; i++)
    if (*lists[i] && !sections_find(&info->sections, SECTION_ROWS, lists[i]))
      return fail(subject, why, "no such rows", lists[i]);
  if (!is_given(info, paper->verb, why))
    return false;
  if (strcmp(paper->verb, "read") != 0 && !(info->acts & bit(info, paper->verb))) {
    info->acts |= bit(info, paper->verb);
    info->prints |= bit(info, paper->verb);
  }
  return true;
}

static bool check_papers(Info *info, char **why) {
  for (const Paper *paper = info->subject->papers; paper && paper->code; paper++)
    if (!check_paper(info, paper, why))
      return false;
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

/* ---- words ---- */

static bool read_words(Info *info, char **why) {
  g_autofree char *where = NULL;
  return !info->subject->words || words_parse(&info->words, info->subject->words, &where) ||
         fail(info->subject, why, "words.txt", where);
}

static bool read_kernel_words(Model *model, char **why) {
  return words_parse(&model->words, kernel_words, why) && keys_check_kernel(model, why);
}

/* Once all have been read, as some are lent from one subject to another. */
static bool check_all_words(const Model *model, char **why) {
  for (unsigned i = 0; i < model->infos->len; i++) {
    const Info *info = model_info(model, i);
    if (info->subject->words && !keys_check(model, info, why))
      return false;
  }
  return true;
}

/* ---- the model ---- */

static void rule_clear(void *pointer) {
  g_strfreev(((Rule *)pointer)->states);
}

static void info_free(void *pointer) {
  Info *info = pointer;
  sections_clear(&info->sections);
  words_clear(&info->words);
  g_free(info->columns);
  g_free(info->from);
  g_free((char *)(uintptr_t)info->state.of);
  g_ptr_array_unref(info->verbs);
  g_ptr_array_unref(info->scopes);
  g_array_unref(info->rules);
  g_free(info);
}

/* The state as a field: its words are the states. */
static Field state_field(const Subject *subject) {
  GString *words = g_string_new(NULL);
  for (const State *state = subject->states; state->name; state++)
    g_string_append_printf(words, "%s%s", words->len ? " " : "", state->name);
  return (Field)WORD("state", g_string_free(words, FALSE));
}

static Info *info_new(const Subject *subject) {
  Info *info = g_new0(Info, 1);
  info->subject = subject;
  info->published = is_published(subject);
  if (has_state(subject))
    info->state = state_field(subject);
  g_autoptr(GPtrArray) due = due_codes(subject);
  if (due->len > 0)
    info->due = (Field)WORD("due", DUE_COLOURS);
  info->key = subject->key ? subject->key : "id";
  info->party = info->deputy_party = info->file = info->own = -1;
  info->verbs = g_ptr_array_new_with_free_func(g_free);
  info->scopes = g_ptr_array_new_with_free_func(g_free);
  info->rules = g_array_new(FALSE, FALSE, sizeof(Rule));
  g_array_set_clear_func(info->rules, rule_clear);
  return info;
}

Model *model_new(const Subject *const *subjects, char **why) {
  g_autoptr(Model) model = g_new0(Model, 1);
  model->infos = g_ptr_array_new_with_free_func(info_free);
  if (!read_kernel_words(model, why))
    return NULL;
  for (; *subjects; subjects++) {
    Info *info = info_new(*subjects);
    g_ptr_array_add(model->infos, info);
    if (info->subject->extend)
      info->subject->extend();
    if (!read_sections(info, why) || !read_words(info, why) || !read_row(info, why) ||
        !add_rules(info, why) || !check_fields(info, why) || !check_steps(info, why) ||
        !check_routes(info, why) || !check_papers(info, why))
      return NULL;
  }
  for (unsigned i = 0; i < model->infos->len; i++)
    if (!check_elsewhere(model, model->infos->pdata[i], why) ||
        !check_others(model, model->infos->pdata[i], why))
      return NULL;
  for (unsigned i = 0; i < model->infos->len; i++)
    if (!check_verbs(model, model->infos->pdata[i], why))
      return NULL;
  return check_all_words(model, why) ? g_steal_pointer(&model) : NULL;
}

void model_free(Model *model) {
  if (!model)
    return;
  g_ptr_array_unref(model->infos);
  words_clear(&model->words);
  g_free(model);
}

unsigned model_count(const Model *model) {
  return model->infos->len;
}

const Info *model_info(const Model *model, unsigned n) {
  return model->infos->pdata[n];
}

const Info *model_find(const Model *model, const char *subject) {
  for (unsigned i = 0; i < model->infos->len; i++)
    if (strcmp(model_info(model, i)->subject->name, subject) == 0)
      return model_info(model, i);
  return NULL;
}

const Info *model_table(const Model *model, const char *table) {
  for (unsigned i = 0; i < model->infos->len; i++)
    if (strcmp(model_info(model, i)->subject->table, table) == 0)
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

static const Words *words_of(const Model *model, const char *subject) {
  const Info *info = model_find(model, subject);
  return info ? &info->words : strcmp(subject, "kernel") == 0 ? &model->words : NULL;
}

/* What is said of a limit is the same for all records, but for what the limit is. */
static bool is_of_kernel(const Info *info, const char *key) {
  g_auto(GStrv) colours = g_strsplit(DUE_COLOURS, " ", -1);
  return info && info->due.name &&
         (strcmp(key, "due") == 0 || strcmp(key, "verb.due_moved") == 0 ||
          (g_str_has_prefix(key, "due.") &&
           g_strv_contains((const char *const *)colours, key + strlen("due."))));
}

const Word *model_word(const Model *model, const char *subject, const char *key) {
  if (is_of_kernel(model_find(model, subject), key))
    return words_find(&model->words, key);
  const Words *words = words_of(model, subject);
  const Word *own = words ? words_find(words, key) : NULL;
  g_autofree char *lent = words && !own ? words_lent(words, key) : NULL;
  char *dot = lent ? strchr(lent, '.') : NULL;
  if (!dot)
    return own;
  *dot = 0;
  const Words *lender = words_of(model, lent);
  return lender ? words_find(lender, dot + 1) : NULL;
}

const Words *model_kernel_words(const Model *model) {
  return &model->words;
}
