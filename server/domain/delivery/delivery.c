/* Deliveries (发送): notices on their way out of the house, by mail, text message, webhook or push.
 * The system administrator sees what waits and what failed and why, not what is told. */
#include "domain/list.h"

#include <string.h>

#include "model/call.h"
#include "store/people.h"

static const Field fields[] = {
    WORD("channel", "email sms webhook push", .flags = GIVEN),
    WORD("state", "queued sent failed read", .flags = GIVEN),
    TIME("at", .flags = GIVEN),
    INT("attempts", 0, 100, .flags = GIVEN),
    TIME("next_at", .flags = GIVEN | OPTIONAL),
    TEXT("reason", 0, 300, .flags = GIVEN | OPTIONAL),
    TIME("created_at", .flags = GIVEN),
    END,
};

static const Grant grants[] = {
    {ROLE_SYSTEM_ADMIN, "all", "read retry export", NULL},
    {0},
};

static bool may_retry(Call *call) {
  return strcmp(call_text(call, "$state"), "failed") == 0 ||
         call_refuse(call, "delivery.not_failed");
}

static bool retry(Call *call) {
  return call_run(call, "retry");
}

static const List all = {NULL, NULL, "-created_at", "state channel", 200};

static const Route routes[] = {
    {R_LIST, "deliveries", "read", .list = &all},
    {R_ONE, "deliveries/{delivery}", "read"},
    {R_DO, "deliveries/{delivery}/retry", "retry", .guard = may_retry, .effect = retry},
    {0},
};

static const Code codes[] = {{"delivery.not_failed", 409}, {0}};

extern const char delivery_sql[], delivery_words[];
const Subject subject_delivery = {"delivery", "delivery", fields,       grants,
                                  routes,     codes,      delivery_sql, .words = delivery_words};
