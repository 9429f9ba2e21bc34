/* Browsers of somebody that take pushes. A page subscribes again at each start, because
 * subscriptions vanish: the same endpoint is the same browser, whoever sits before it now. One that
 * its push service does not know any more is removed by the outbox. */
#include "domain/list.h"

#include <string.h>

#include "model/call.h"
#include "store/people.h"

#define DEVICES_MOST 10

static const Field fields[] = {
    TEXT("endpoint", 12, 1000, .flags = ONCE | SECRET),
    /* The browser's public key and secret in base64url: 65 and 16 bytes (RFC 8291 section 3). */
    TEXT("p256dh", 87, 88, .of = "a-zA-Z0-9_=-", .flags = ONCE | SECRET),
    TEXT("auth", 22, 24, .of = "a-zA-Z0-9_=-", .flags = ONCE | SECRET),
    TEXT("label", 0, 60, .flags = ONCE),
    TIME("created_at", .flags = GIVEN),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "create", NULL},
    {ROLES_ALL, "own", "read drop", NULL},
    {0},
};

static bool may_create(Call *call) {
  bool found;
  const char *endpoint = call_text(call, ":endpoint");
  if (!g_str_has_prefix(endpoint, "https://") || !g_uri_is_valid(endpoint, G_URI_FLAGS_NONE, NULL))
    return problem_add(&call->problem, "endpoint", "characters", NULL);
  call_default(call, "label", "");
  return call_get(call, "others", &found) &&
         (call_int(call, "@others") < DEVICES_MOST || call_refuse(call, "push_device.too_many"));
}

static bool drop(Call *call) {
  return call_run(call, "drop");
}

static const List mine = {NULL, NULL, "created_at", NULL, DEVICES_MOST};

static const Route routes[] = {
    {R_LIST, "push_devices", "read", .list = &mine},
    {R_ONE, "push_devices/{push_device}", "read"},
    {R_CREATE, "push_devices", "create", .in = "endpoint p256dh auth label?", .guard = may_create,
     .flags = QUIET},
    {R_DO, "push_devices/{push_device}/drop", "drop", .effect = drop, .flags = QUIET},
    {0},
};

static const Code codes[] = {{"push_device.too_many", 409}, {0}};

extern const char push_device_sql[], push_device_words[];
const Subject subject_push_device = {
    "push_device", "push_device", fields,          grants,
    routes,        codes,         push_device_sql, .words = push_device_words};
