#include "domain/test-office.h"

#include "domain/list.h"

char *office_org(Office *o, const char *kind, const char *code, const char *name) {
  return desk_made(&o->w, (Desk){o->w.clerk, STAFF}, "orgs",
                   g_strdup_printf("{\"kind\":\"%s\",\"code\":\"%s\",\"name\":\"%s\","
                                   "\"valid_from\":\"2020-01-01\"}",
                                   kind, code, name));
}

char *office_member(Office *o, const char *person, const char *code, const char *more) {
  return desk_made(&o->w, LIAISON, "members",
                   g_strdup_printf("{\"person\":\"%s\",\"code\":\"%s\"%s}", person, code, more));
}

char *office_admission(const Office *o, const char *since, const char *document) {
  return g_strdup_printf("{\"term\":\"%s\",\"sector\":\"%s\",\"capacity\":\"member\","
                         "\"since\":\"%s\"%s}",
                         o->term, o->arts, since, document);
}

char *office_path(const char *id, const char *rest) {
  return g_strdup_printf("members/%s%s", id, rest);
}

void office_admit(Office *o, const char *id) {
  g_autofree char *path = office_path(id, "/admit");
  json_decref(desk_ask(&o->w, LIAISON, HTTP_POST, path,
                       office_admission(o, "2022-01-01", ",\"document_no\":\"d1\""), 200));
}

/* Ada is a member since 2022, in the arts. */
void office_init(Office *o) {
  static const Subject *const list[] = {&subject_person,         &subject_org,
                                        &subject_post,           &subject_term,
                                        &subject_deadline_rule,  &subject_member_profile,
                                        &subject_member_change,  &subject_term_file,
                                        &subject_change_request, NULL};
  desk_init(&o->w, list, "");
  fixture_person(o->w.f.db, "Chief", "chief", "staff", ROLE_LEADER, o->leader);
  o->term = desk_made(&o->w, LIAISON, "terms",
                      g_strdup("{\"no\":14,\"name\":\"十四届\",\"starts_on\":\"2022-01-01\","
                               "\"ends_on\":\"2027-01-01\"}"));
  o->arts = office_org(o, "sector", "01", "文化艺术界");
  o->science = office_org(o, "sector", "02", "科学技术界");
  o->ada =
      office_member(o, o->w.ada, "14-001", ",\"birth_date\":\"1980-05-01\",\"sex\":\"female\"");
  office_admit(o, o->ada);
}

void office_clear(Office *o) {
  g_free(o->term);
  g_free(o->arts);
  g_free(o->science);
  g_free(o->ada);
  world_clear(&o->w);
}

json_t *office_row(Office *o, Desk who, const char *id, const char *query) {
  g_autofree char *path = office_path(id, query);
  return desk_ask(&o->w, who, HTTP_GET, path, NULL, 200);
}

json_int_t office_found(Office *o, Desk who, const char *list, const char *query) {
  g_autofree char *path = g_strdup_printf("%s?%s", list, query);
  json_t *page = desk_ask(&o->w, who, HTTP_GET, path, NULL, 200);
  json_int_t total = json_integer_value(json_object_get(page, "total"));
  json_decref(page);
  return total;
}
