#include "model/model.h"

#include <string.h>

#include "model/check.h"
#include "model/dict.h"
#include "model/due.h"
#include "model/keys.h"
#include "model/right.h"

extern const char kernel_words[]; /* words.txt */

struct Model {
  GPtrArray *infos; /* Info */
  Words words;      /* the kernel's own */
};

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
    if (field_is_own(field) && field->type == F_DICT)
      dict_columns(columns, alias, field);
    else if (field_is_own(field) && field->type != F_REF)
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

/* Below this line of a row's "from" are joins that say only what is shown of a row, and are dear: a
 * table that a function makes is made for each row that is merely counted, too. */
#define SHOWN_MARK "\n-- of what is shown\n"

static bool read_row(Info *info, char **why) {
  const Subject *subject = info->subject;
  const char *row = sections_find(&info->sections, SECTION_ROW, NULL);
  const char *from = row ? find_word(row, "from") : NULL;
  if (!from || g_ascii_strncasecmp(row, "select ", 7) != 0)
    return model_fail(subject, why, "no row with a select and a from", subject->table);
  if (find_word(row, "where") || find_word(row, "group"))
    return model_fail(subject, why, "the row has conditions of its own", subject->table);
  info->alias = read_alias(from, subject->table);
  if (!info->alias)
    return model_fail(subject, why,
                      "the row does not begin with the table and an alias of one letter",
                      subject->table);
  g_autofree char *due = info->due.name ? due_join(subject, info->alias, info->key) : NULL;
  info->from = g_strconcat(from, due, NULL);
  const char *shown = strstr(from, SHOWN_MARK);
  g_autofree char *counted = g_strndup(from, shown ? (gsize)(shown - from) : strlen(from));
  info->counted = g_strconcat(counted, due, NULL);
  g_autofree char *mark = g_strdup_printf("{%c}", info->alias);
  g_autofree char *own = own_columns(info, info->alias);
  g_autofree char *columns = g_strndup(row + 7, (gsize)(from - row - 7));
  g_auto(GStrv) parts = g_strsplit(columns, mark, -1);
  info->columns = g_strstrip(g_strjoinv(own, parts));
  return true;
}

/* ---- grants ---- */

static bool add_rule(Info *info, const Grant *grant, char **why) {
  Rule rule = {.who = grant->who, .scope = -1};
  if (strcmp(grant->whose, "all") != 0) {
    if (!strchr(grant->whose, '.') && !sections_find(&info->sections, SECTION_SCOPE, grant->whose))
      return model_fail(info->subject, why, "no such scope", grant->whose);
    rule.scope = (int)model_bit_of(info->scopes, grant->whose);
  }
  g_auto(GStrv) verbs = g_strsplit(grant->may, " ", -1);
  for (unsigned i = 0; verbs[i]; i++) {
    unsigned n = model_bit_of(info->verbs, verbs[i]);
    if (n >= VERBS_MAX || info->scopes->len >= SCOPES_MAX - 1) /* two are left for `party` */
      return model_fail(info->subject, why, "too many verbs or scopes", grant->may);
    rule.may |= UINT64_C(1) << n;
  }
  if (grant->states)
    rule.states = g_strsplit(grant->states, " ", -1);
  g_array_append_val(info->rules, rule);
  for (unsigned i = 0; info->subject->states && rule.states && rule.states[i]; i++)
    if (!model_state(info->subject, rule.states[i]))
      return model_fail(info->subject, why, "no such state in a grant", rule.states[i]);
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
    return model_fail(info->subject, why, "nobody was given the verb", verb);
  if (!g_ptr_array_find_with_equal_func(info->scopes, "own", g_str_equal, &own))
    return model_fail(info->subject, why, "nobody was given anything in the scope", "own");
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
  for (const Paper *paper = subject->papers; paper && paper->code; paper++)
    if (g_strcmp0(paper->verb, verb) == 0)
      return true;
  return false;
}

/* What others ask for is told with the acts: it is what somebody may do with the row. */
static bool check_verbs(const Model *model, Info *info, char **why) {
  for (unsigned i = 0; i < info->verbs->len; i++) {
    const char *verb = info->verbs->pdata[i];
    bool asked_for = strcmp(verb, "read") != 0 && is_asked_for(model, info->subject, verb);
    if (!asked_for && !is_used(info->subject, verb))
      return model_fail(info->subject, why, "a verb without use", verb);
    if (asked_for) {
      info->acts |= verb_bit(info, verb);
      info->prints &= ~verb_bit(info, verb);
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
    return model_fail(info->subject, why, "a scope that leads back to it", name);
  return other->alias != info->alias ||
         model_fail(info->subject, why, "its table has the same letter in both queries.sql", name);
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
    return model_fail(info->subject, why, "no such scope", name);
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
      return model_fail(info->subject, why, "no such verb", route->on);
  }
  return true;
}

static bool read_sections(Info *info, char **why) {
  g_autofree char *where = NULL;
  return sections_parse(&info->sections, info->subject->sql, &where) ||
         model_fail(info->subject, why, "queries.sql", where);
}

/* ---- words ---- */

static bool read_words(Info *info, char **why) {
  g_autofree char *where = NULL;
  return !info->subject->words || words_parse(&info->words, info->subject->words, &where) ||
         model_fail(info->subject, why, "words.txt", where);
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
  g_free(info->counted);
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

const Field *info_filter(const Info *info, const char *name) {
  const Field *field = field_find(info->subject->fields, name);
  if (field)
    return field;
  if (info->state.name && strcmp(name, "state") == 0)
    return &info->state;
  return info->due.name && strcmp(name, "due") == 0 ? &info->due : NULL;
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
