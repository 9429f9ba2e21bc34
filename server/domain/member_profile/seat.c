#include "domain/member_profile/seat.h"

#include "model/notice.h"
#include "model/subcase.h"

bool seat_post(Call *call, const char *person, const char *org, const char *role) {
  g_auto(Values) post = {NULL};
  values_text(&post, "person", person);
  values_text(&post, "org", org);
  values_text(&post, "role", role);
  values_text(&post, "term", call_text(call, ":term"));
  values_text(&post, "valid_from", call_text(call, ":since"));
  return call_create(call, "post", "create", &post, NULL);
}

/* Of the row before, or of what is asked where it is being made. */
static const char *known_text(const Call *call, const char *row, const char *asked) {
  return call_text(call, call->row.items ? row : asked);
}

bool seat_file(Call *call) {
  g_auto(Values) file = {NULL};
  values_text(&file, "member_profile", call->id);
  values_text(&file, "term", call_text(call, ":term"));
  values_text(&file, "sector", call_text(call, ":sector"));
  values_text(&file, "capacity", call_text(call, ":capacity"));
  values_text(&file, "work_unit", known_text(call, "$work_unit", ":work_unit"));
  values_text(&file, "work_title", known_text(call, "$work_title", ":work_title"));
  return call_create(call, "term_file", "open", &file, NULL);
}

/* ---- the next term ---- */

bool seat_may_renew(Call *call) {
  bool found;
  if (!call_get(call, "next", &found))
    return false;
  if (!found || !call_has(call, "@next_sector"))
    return call_refuse(call, "member_profile.no_place");
  if (call_int(call, "@filed"))
    return call_refuse(call, "member_profile.filed");
  if (call_int(call, "@not_later"))
    return call_refuse(call, "member_profile.not_later");
  if (call_int(call, "@too_early"))
    return call_refuse(call, "member_profile.too_early");
  call_default(call, "since", call_text(call, "@next_since"));
  call_default(call, "sector", call_text(call, "@next_sector"));
  call_default(call, "capacity", call_text(call, "@next_capacity"));
  values_int(&call->asked, "terms_served", call_int(call, "$terms_served") + 1);
  return true;
}

/* A post, and what its last day is to be. */
typedef struct {
  char *id, *valid_to;
} Ending;

static void ending_clear(void *pointer) {
  g_free(((Ending *)pointer)->id);
  g_free(((Ending *)pointer)->valid_to);
}

static bool note_post(Call *call, const Values *row, void *data) {
  Ending ending = {g_strdup(values_find(row, "id")->text),
                   g_strdup(values_find(row, "valid_to")->text)};
  g_array_append_val((GArray *)data, ending);
  return true;
}

/* Each post of the `rows` gets its day by the verb. */
static bool date_posts(Call *call, const char *section, const char *verb) {
  g_autoptr(GArray) posts = g_array_new(FALSE, FALSE, sizeof(Ending));
  g_array_set_clear_func(posts, ending_clear);
  if (!call_each(call, section, note_post, posts))
    return false;
  for (unsigned i = 0; i < posts->len; i++) {
    const Ending *ending = &g_array_index(posts, Ending, i);
    g_auto(Values) values = {NULL};
    values_text(&values, "valid_to", ending->valid_to);
    if (!call_edit(call, "post", ending->id, verb, &values))
      return false;
  }
  return true;
}

bool seat_end_posts(Call *call) {
  return date_posts(call, "posts_open", "end");
}

bool seat_renewed(Call *call) {
  return date_posts(call, "seats_open", "end") &&
         seat_post(call, call_text(call, "$person_id"), call_text(call, ":sector"),
                   call_text(call, ":capacity")) &&
         seat_file(call) && notice_post(call, "admitted", "himself");
}

bool seat_unrenew(Call *call) {
  bool found;
  if (!call_get(call, "renewed", &found))
    return false;
  if (!found || call_int(call, "@touched"))
    return call_refuse(call, "member_profile.used");
  return notice_post(call, "unrenewed", "renewed") && call_run(call, "unseat") &&
         date_posts(call, "seats_ended", "reopen") && call_run(call, "unseated");
}
