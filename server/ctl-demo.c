#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo-article.h"
#include "demo.h"
#include "domain/subjects.h"
#include "store/rules.h"
#include "store/statement.h"

typedef struct {
  const Config *config;
  const char *url;
  bool force;
  json_t *made;
} Demo;

static bool demo_work(sqlite3 *db, void *data, GError **error) {
  Demo *demo = data;
  demo->made = demo_make(db, demo->config, demo->url, demo->force, error);
  return demo->made != NULL;
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static void print_demo(const json_t *made, bool must) {
  const json_t *staff = json_object_get(made, "staff");
  const json_t *members = json_object_get(made, "members");
  printf("\nSample people and a consultation that is open now / 示例人员和一场正在进行的协商\n\n");
  printf("  Host   主持人  %s\n", text_of(made, "host"));
  for (size_t i = 0; i < json_array_size(members); i++)
    printf("  Member 委员 %zu  %s\n", i + 1, json_string_value(json_array_get(members, i)));
  printf("  Guest  来宾    %s\n\n", text_of(made, "guest"));
  printf("  Staff  工作人员  %s/login\n", text_of(made, "url"));
  printf("         login 账号 %s   password 密码 %s\n\n", text_of(staff, "login"),
         text_of(staff, "password"));
  if (must)
    printf("         At the first log-in a phone with an authenticator app is wanted "
           "(second_factor_must).\n"
           "         首次登录需要用手机上的身份验证器绑定动态码（second_factor_must）。\n\n");
  printf("Each link signs its owner in: open the host's in one browser window, a member's in\n"
         "another. "
         "每个链接对应一个人：在一个浏览器窗口打开主持人链接，在另一个窗口打开委员链接。\n\n");
}

typedef struct {
  const Config *config;
  const Model *model;
  DemoSize size;
} City;

static bool city_work(sqlite3 *db, void *data, GError **error) {
  const City *city = data;
  const DemoDesk desk = {db, city->model, city->config->time_zone, moment_now()};
  return rules_keep(db, city->config, desk.now.wall_ms, error) &&
         demo_article_make(&desk, &city->size, error);
}

static int demo_city(const Config *config, const char *seed) {
  City city = {.config = config};
  guint64 number = 1;
  g_autoptr(GError) error = NULL;
  if (seed && !g_ascii_string_to_unsigned(seed, 10, 0, G_MAXUINT32, &number, NULL))
    return CTL_USAGE;
  city.size.seed = (uint32_t)number;
  Model *model = subjects_model(); /* before the connection, which it gives functions */
  city.model = model;
  sqlite3 *db = ctl_open(config, &error);
  bool fine = db && ctl_transact(db, city_work, &city, &error);
  db_close(db);
  subjects_free(model);
  if (!fine)
    return ctl_fail(error);
  printf(
      "Sample data at the size of a city; `yishictl admin reset --login demo` makes the staff's\n"
      "password (demo-liaison: the register, demo-leader: the leader).\n"
      "已生成城市规模的示例数据；用 `yishictl admin reset --login demo` 设置工作人员密码\n"
      "（demo-liaison：委员联络，demo-leader：秘书长）。\n");
  return EXIT_SUCCESS;
}

int ctl_demo(const Config *config, char **argv) {
  Demo work = {.config = config};
  const char *size = NULL, *seed = NULL;
  bool as_json = false;
  const CtlOption options[] = {{"--url", &work.url, NULL},
                               {"--json", NULL, &as_json},
                               {"--force", NULL, &work.force},
                               {"--size", &size, NULL},
                               {"--seed", &seed, NULL}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), NULL) ||
      (size ? strcmp(size, "article") != 0 : seed != NULL))
    return CTL_USAGE;
  if (size)
    return demo_city(config, seed);
  g_autofree char *made_up = g_strdup_printf(
      "%s://localhost:%d", strcmp(config->tls, "off") == 0 ? "http" : "https", config->listen_port);
  if (!work.url)
    work.url = *config->public_url ? config->public_url : made_up;
  g_autofree char *url = g_strdup(work.url);
  while (g_str_has_suffix(url, "/"))
    url[strlen(url) - 1] = 0;
  work.url = url;
  g_autoptr(GError) error = NULL;
  sqlite3 *db = ctl_open(config, &error);
  bool fine = db && ctl_transact(db, demo_work, &work, &error);
  db_close(db);
  if (fine && as_json) {
    json_dumpf(work.made, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
  } else if (fine) {
    print_demo(work.made, config->second_factor_must);
  }
  json_decref(work.made);
  return fine ? EXIT_SUCCESS : ctl_fail(error);
}
