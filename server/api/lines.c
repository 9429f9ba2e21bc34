/* Whose line is bad? What the media threads know of everybody's ways, for the administrator whom
 * people call when they do not hear: the same that `yishictl peers` prints. */
#include "api/exchange.h"

static void answered(void *asker, const json_t *lines) {
  Exchange *exchange = asker;
  if (lines)
    exchange_json(exchange, 200, json_pack("{s:O}", "lines", (json_t *)lines));
  else
    exchange_problem(exchange, 503, "stopping", "The server is being stopped");
  exchange_proceed(exchange);
}

static void ask(Exchange *exchange) {
  const ApiContext *context = exchange->context;
  context->lines(context->lines_user, answered, exchange);
}

static void lines(Exchange *exchange) {
  if (exchange->context->lines)
    exchange_then(exchange, ask);
  else
    exchange_json(exchange, 200, json_pack("{s:[]}", "lines"));
}

static const Field picture = INT("picture", 0, UINT8_MAX);
static const Field packets = INT("packets", 0, INT64_MAX);
static const Field trouble =
    WORD("trouble", "connecting lost closed silent loss_down loss_up narrow far missing");

static const Field parts[] = {
    ID("meeting"),
    RAW("title", 0, INT32_MAX),
    ID("person"),
    RAW("name", 0, INT32_MAX),
    RAW("device", 0, INT32_MAX),
    WORD("state", "connecting connected lost closed"),
    WORD("way", "none udp tcp"),
    BOOL("from_here", .about = "over an address of this machine: a TURN server, or a browser"),
    INT("rtt_ms", 0, INT64_MAX, .flags = OPTIONAL, .about = "null: not known yet"),
    INT("silent_ms", 0, INT64_MAX, .about = "since anything came"),
    INT("loss_down_permille", 0, 1000, .about = "of the packets to it, in the last second or so"),
    INT("loss_up_permille", 0, 1000, .about = "of those from it"),
    WORD("estimate_by", "nothing feedback remb reports"),
    INT("estimate_kbps", 0, INT64_MAX, .flags = OPTIONAL,
        .about = "what the way to it carries; null: no limit is known"),
    INT("wanted_kbps", 0, INT64_MAX, .about = "what all that it is shown would take"),
    INT("repairs", 0, INT64_MAX, .about = "packets sent again since its connection began"),
    INT("repairs_refused", 0, INT64_MAX, .about = "asked for again, and not sent"),
    INT("unsent", 0, INT64_MAX),
    INT("keyframes_asked", 0, INT64_MAX),
    LIST("pictures", 0, 3, &picture, .about = "how many it is sent of each size, smallest first"),
    INT("pictures_missing", 0, UINT8_MAX),
    LIST("troubles", 0, 8, &trouble, .about = "none: the line is good"),
    INT("badness", 0, INT32_MAX, .about = "0: good; the more the worse"),
    MAP("dropped", 0, 32, "reason", &packets, .about = "what came from it and was not taken"),
    END,
};
static const Field line = OBJECT("line", "Line", parts);

static const Field fields[] = {LIST("lines", 0, INT32_MAX, &line), END};

const Endpoint line_endpoints[] = {
    {HTTP_GET, "lines", FOR_SYSTEM_ADMIN, "getLines", lines, .fields = fields, .out = "lines",
     .what = "How everybody's line is who is in a meeting now: whose is bad?"},
    {0},
};
