#include "model/compose.h"

#include <string.h>

#include "model/due.h"
#include "model/right.h"
#include "model/several.h"
#include "model/tags.h"

static const char *section(const Info *info, SectionKind kind, const char *name) {
  return sections_find(&info->sections, kind, name);
}

static void add_states(GString *sql, const Info *info, char *const *states) {
  g_string_append_printf(sql, " and %c.state in (", info->alias);
  for (unsigned i = 0; states[i]; i++)
    g_string_append_printf(sql, "%s'%s'", i ? ", " : "", states[i]);
  g_string_append_c(sql, ')');
}

static bool add_rights(GString *sql, const Info *info, unsigned roles, int verb);

/* That a row is in the scope of that bit. Where it is a right on another record, the condition is
 * that record's own, so that it stands with its grants alone. */
static void add_scope(GString *sql, const Info *info, unsigned roles, int bit) {
  const Elsewhere *on = &info->elsewhere[bit];
  const char *name = info->scopes->pdata[bit];
  if (!on->info) {
    g_string_append_printf(sql, "(%s\n)", section(info, SECTION_SCOPE, name));
    return;
  }
  const Info *other = on->info;
  g_string_append_printf(sql, "(exists (select 1 from \"%s\" %c where %c.\"%s\" = %c.\"%s\" and ",
                         other->subject->table, other->alias, other->alias, other->key, info->alias,
                         other->subject->name);
  size_t before = sql->len;
  if (!add_rights(sql, other, roles, on->verb)) {
    g_string_truncate(sql, before);
    g_string_append_c(sql, '0');
  }
  g_string_append(sql, "))");
}

static void add_rule(GString *sql, const Info *info, unsigned roles, const Rule *rule) {
  g_string_append_c(sql, '(');
  if (rule->scope < 0)
    g_string_append(sql, "(1\n)");
  else
    add_scope(sql, info, roles, rule->scope);
  if (rule->states)
    add_states(sql, info, rule->states);
  g_string_append_c(sql, ')');
}

/* Which rows these roles may use the verb on; false: none, ever. */
static bool add_rights(GString *sql, const Info *info, unsigned roles, int verb) {
  unsigned count = 0;
  g_string_append_c(sql, '(');
  for (unsigned i = 0; i < info->rules->len; i++) {
    const Rule *rule = &g_array_index(info->rules, Rule, i);
    if (!(rule->who & roles) || !(rule->may >> verb & 1))
      continue;
    if (count++ > 0)
      g_string_append(sql, " or ");
    add_rule(sql, info, roles, rule);
  }
  g_string_append_c(sql, ')');
  return count > 0;
}

static void add_bits(GString *sql, const Info *info, unsigned roles) {
  uint32_t scopes = info_scopes(info, roles);
  for (unsigned bit = 0; bit < info->scopes->len; bit++)
    if (scopes >> bit & 1) {
      add_scope(sql, info, roles, (int)bit);
      g_string_append(sql, ", ");
    }
}

static void add_under(GString *sql, const Info *info, const char *under) {
  if (under)
    g_string_append_printf(sql, " and %c.\"%s\" = :%s", info->alias, under, under);
}

char *compose_one(const Info *info, unsigned roles, int verb, const char *under) {
  GString *sql = g_string_new("select ");
  add_bits(sql, info, roles);
  g_string_append_printf(sql, "%s %s where %c.\"%s\" = @id", info->columns, info->from, info->alias,
                         info->key);
  add_under(sql, info, under);
  g_string_append(sql, " and ");
  bool anybody = add_rights(sql, info, roles, verb);
  return g_string_free(sql, !anybody);
}

/* The condition for what of a row is not shown to everybody: that he works on it. Free with g_free.
 */
static char *works(const Info *info, unsigned roles) {
  if (!info->published)
    return g_strdup("1");
  GString *sql = g_string_new(NULL);
  bool anybody = add_rights(sql, info, roles, info->work);
  char *text = g_string_free(sql, FALSE);
  if (anybody)
    return text;
  g_free(text);
  return g_strdup("0");
}

/* What he does not see the end of has none for him. */
static char *due_sort(const Info *info, unsigned roles) {
  g_autofree char *seen = works(info, roles);
  return info->published
             ? g_strdup_printf("(case when %s then " DUE_SORT " else " DUE_LAST " end)", seen)
             : g_strdup(DUE_SORT);
}

static char *sort_expression(const Info *info, unsigned roles, const char *sort) {
  const char *text = section(info, SECTION_SORT, sort);
  if (text)
    return g_strdup(text);
  return info->due.name && strcmp(sort, "due") == 0
             ? due_sort(info, roles)
             : g_strdup_printf("%c.\"%s\"", info->alias, sort);
}

/* The state that somebody of these roles sees: whoever does not work on a row sees what is
 * published of it. */
static void add_state(GString *sql, const Info *info, unsigned roles) {
  if (!info->published) {
    g_string_append_printf(sql, "%c.state", info->alias);
    return;
  }
  g_autofree char *seen = works(info, roles);
  g_string_append_printf(sql, "(case when %s then %c.state else %c.published_state end)", seen,
                         info->alias, info->alias);
}

/* What has no limit has no colour either. */
static char *due_filter(const Info *info, unsigned roles) {
  g_autofree char *seen = works(info, roles);
  return g_strdup_printf("due_now.id is not null and %s = :due and %s", due_colour, seen);
}

static char *state_filter(const Info *info, unsigned roles) {
  GString *sql = g_string_new(NULL);
  add_state(sql, info, roles);
  g_string_append(sql, " = :state");
  return g_string_free(sql, FALSE);
}

/* The condition for one value of the filter. */
static char *filter_condition(const Info *info, unsigned roles, const char *name) {
  const char *text = section(info, SECTION_FILTER, name);
  if (text)
    return g_strdup(text);
  if (strcmp(name, "state") == 0 && info->state.name)
    return state_filter(info, roles);
  if (strcmp(name, "due") == 0 && info->due.name)
    return due_filter(info, roles);
  return g_strdup_printf("%c.\"%s\" = :%s", info->alias, name, name);
}

static void add_filter(GString *sql, const Info *info, unsigned roles, const char *name,
                       bool several) {
  g_autofree char *one = filter_condition(info, roles, name);
  g_autofree char *any = several ? several_condition(one, name) : NULL;
  g_string_append_printf(sql, " and (%s\n)", any ? any : one);
}

/* "where …" of whatever reads the list. */
static bool add_where(GString *sql, const Info *info, unsigned roles, int verb,
                      const ListWish *wish) {
  g_string_append(sql, " where ");
  bool anybody = add_rights(sql, info, roles, verb);
  add_under(sql, info, wish->under);
  if (wish->list->where)
    g_string_append_printf(sql, " and (%s\n)", section(info, SECTION_WHERE, wish->list->where));
  for (unsigned i = 0; i < wish->filter_count; i++)
    add_filter(sql, info, roles, wish->filters[i], wish->several >> i & 1);
  return anybody;
}

/* "from … where …" of the rows themselves; Info.counted is for where they are only counted. */
static bool add_conditions(GString *sql, const Info *info, unsigned roles, int verb,
                           const ListWish *wish) {
  g_string_append_printf(sql, " %s", info->from);
  return add_where(sql, info, roles, verb, wish);
}

static void add_order(GString *sql, const Info *info, const ListWish *wish, const char *key) {
  const char *way = wish->down ? " desc" : "";
  g_string_append_printf(sql, " order by %s%s, %c.\"%s\"%s limit @limit", key, way, info->alias,
                         info->key, way);
}

/* The rows of the page, in their order. */
static bool add_page(GString *sql, const Info *info, unsigned roles, int verb, const ListWish *wish,
                     const char *key) {
  bool anybody = add_conditions(sql, info, roles, verb, wish);
  if (wish->after)
    g_string_append_printf(sql, " and (%s, %c.\"%s\") %c (@after_key, @after_id)", key, info->alias,
                           info->key, wish->down ? '<' : '>');
  add_order(sql, info, wish, key);
  return anybody;
}

/* What C computes is dear: where a subject has such, it is first found which rows the page has. All
 * columns of whatever is sorted are computed before. */
char *compose_list(const Info *info, unsigned roles, int verb, const ListWish *wish) {
  g_autofree char *key = sort_expression(info, roles, wish->sort);
  GString *sql = g_string_new("select ");
  add_bits(sql, info, roles);
  g_string_append_printf(sql, "%s as \"key\", %s", key, info->columns);
  if (!info->subject->extend)
    return g_string_free(sql, !add_page(sql, info, roles, verb, wish, key));
  g_string_append_printf(sql, " %s where %c.\"%s\" in (select %c.\"%s\"", info->from, info->alias,
                         info->key, info->alias, info->key);
  bool anybody = add_page(sql, info, roles, verb, wish, key);
  g_string_append_c(sql, ')');
  add_order(sql, info, wish, key);
  return g_string_free(sql, !anybody);
}

char *compose_keys(const Info *info, unsigned roles, int verb, const List *list,
                   const char *const *names) {
  const ListWish wish = {.list = list};
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "select %c.id, %c.version", info->alias, info->alias);
  for (; *names; names++) {
    g_autofree char *expression = sort_expression(info, roles, *names);
    g_string_append_printf(sql, ", %s", expression);
  }
  bool anybody = add_conditions(sql, info, roles, verb, &wish);
  return g_string_free(sql, !anybody);
}

char *compose_count(const Info *info, unsigned roles, int verb, const ListWish *wish) {
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "select count(*) from (select 1 %s", info->counted);
  bool anybody = add_where(sql, info, roles, verb, wish);
  g_string_append(sql, " limit @limit)");
  return g_string_free(sql, !anybody);
}

/* ---- counted by the values of a filter ---- */

/* A text of free words, which are counted one by one where no section says otherwise. */
static bool is_tags(const Info *info, const char *name) {
  const Field *field = field_find(info->subject->fields, name);
  return field && field->flags & TAGS && !field->at;
}

bool compose_counts_several(const Info *info, const char *name) {
  const char *text = section(info, SECTION_COUNT, name);
  return text ? g_str_has_prefix(text, "select ") : is_tags(info, name);
}

/* The values of a row as a list of JSON; no word of a text has its separator in it. */
static char *counted_list(const Info *info, const char *name) {
  const char *own = section(info, SECTION_COUNT, name);
  return own ? g_strdup_printf("(select json_group_array(value) from (%s\n))", own)
             : g_strdup_printf("'[' || replace(json_quote(%c.\"%s\"), '" TAG_SEPARATOR
                               "', '\",\"') || ']'",
                               info->alias, name);
}

/* Which value a row has; NULL: nothing says. */
static char *counted_value(const Info *info, unsigned roles, const char *name) {
  const char *own = section(info, SECTION_COUNT, name);
  const char *filter = section(info, SECTION_FILTER, name);
  if (compose_counts_several(info, name))
    return g_strdup("counted.value");
  if (own || filter)
    return own ? g_strdup(own) : several_compared(filter, name);
  if (strcmp(name, "due") == 0 && info->due.name) {
    g_autofree char *seen = works(info, roles);
    return g_strdup_printf("(case when due_now.id is not null and %s then %s end)", seen,
                           due_colour);
  }
  if (strcmp(name, "state") != 0 || !info->state.name)
    return g_strdup_printf("%c.\"%s\"", info->alias, name);
  GString *state = g_string_new(NULL);
  add_state(state, info, roles);
  return g_string_free(state, FALSE);
}

bool compose_counts_by(const Info *info, const char *name) {
  const Field *field = info_filter(info, name);
  g_autofree char *value = counted_value(info, 0, name);
  return value && field && (several_takes(field) || field->type == F_BOOL || is_tags(info, name));
}

char *compose_counts(const Info *info, unsigned roles, int verb, const ListWish *wish) {
  g_autofree char *value = counted_value(info, roles, wish->by);
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "select value, count(*) from (select %s as value %s", value, info->counted);
  if (compose_counts_several(info, wish->by)) {
    g_autofree char *list = counted_list(info, wish->by);
    g_string_append_printf(sql, " left join json_each(%s) counted", list);
  }
  bool anybody = add_where(sql, info, roles, verb, wish);
  g_string_append(sql, " limit @limit) group by 1");
  return g_string_free(sql, !anybody);
}

static bool is_dict(const Info *info, const char *name) {
  return field_find(info->subject->fields, name)->type == F_DICT;
}

char *compose_update(const Info *info, const char *const *names, bool with_version,
                     bool with_state) {
  GString *sql = g_string_new(NULL);
  g_string_printf(sql, "update \"%s\" set version = version + 1", info->subject->table);
  if (with_state)
    g_string_append(sql, ", state = @to");
  if (with_state && info->published)
    g_string_append(sql, ", published_state = coalesce(@shown, published_state)");
  for (; *names; names++) {
    g_string_append_printf(sql, ", \"%s\" = :%s", *names, *names);
    if (is_dict(info, *names))
      g_string_append_printf(sql, ", \"%s_on\" = iif(:%s is null, null, @today)", *names, *names);
  }
  g_string_append_printf(sql, " where \"%s\" = @id", info->key);
  if (with_version)
    g_string_append(sql, " and version = @version");
  return g_string_free(sql, FALSE);
}

char *compose_insert(const Info *info, const char *const *names) {
  bool stated = info->subject->states != NULL;
  GString *sql = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new("@id, @now");
  g_string_printf(sql, "insert into \"%s\" (id, created_at", info->subject->table);
  if (stated) {
    g_string_append(sql, ", created_by, state");
    g_string_append(values, ", @me, @to");
  }
  if (info->published) {
    g_string_append(sql, ", published_state");
    g_string_append(values, ", @shown");
  }
  for (; *names; names++) {
    g_string_append_printf(sql, ", \"%s\"", *names);
    g_string_append_printf(values, ", :%s", *names);
    if (is_dict(info, *names)) {
      g_string_append_printf(sql, ", \"%s_on\"", *names);
      g_string_append_printf(values, ", iif(:%s is null, null, @today)", *names);
    }
  }
  g_string_append_printf(sql, ") values (%s)", values->str);
  return g_string_free(sql, FALSE);
}

/* Of the row alone, without what the subject's FROM joins: that is asked for each row found. */
static void add_found(GString *sql, const Info *info) {
  g_string_append_printf(sql, " from \"%s\" %c where %c.\"%s\" = doc.id", info->subject->table,
                         info->alias, info->alias, info->key);
}

char *compose_found(const Info *info, unsigned roles, int verb) {
  GString *sql = g_string_new("exists (select 1");
  add_found(sql, info);
  g_string_append(sql, " and ");
  bool anybody = add_rights(sql, info, roles, verb);
  g_string_append_c(sql, ')');
  return g_string_free(sql, !anybody);
}

char *compose_found_state(const Info *info, unsigned roles) {
  GString *sql = g_string_new(NULL);
  if (info->subject->states) {
    g_string_append(sql, "(select ");
    add_state(sql, info, roles);
    add_found(sql, info);
    g_string_append_c(sql, ')');
  } else {
    g_string_append(sql, "null");
  }
  return g_string_free(sql, FALSE);
}
