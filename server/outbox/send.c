#include "outbox/send.h"

#include <inttypes.h>
#include <string.h>

#include "base/zone.h"
#include "outbox/mail.h"
#include "outbox/sign.h"
#include "outbox/texts.h"

/* Nothing was tried, and nothing will be. */
static void give_up(Outcome *outcome, const char *reason) {
  *outcome = (Outcome){.final = true};
  g_strlcpy(outcome->reason, reason, sizeof outcome->reason);
  g_strlcpy(outcome->brief, reason, sizeof outcome->brief);
}

static char *item_text(const Sender *sender, const Item *item, const char *language) {
  return notice_text(sender->model, item->code, language, item->params);
}

/* A word of the frame with one parameter; takes value. */
static char *framed(Frame frame, const char *language, const char *name, json_t *value) {
  json_t *params = json_object();
  json_object_set_new(params, name, value);
  char *text = frame_text(frame, language, params);
  json_decref(params);
  return text;
}

static char *title_of(const Sender *sender, const Parcel *parcel) {
  if (parcel->items->len > 1)
    return framed(FRAME_MANY, parcel->language, "count", json_integer(parcel->items->len));
  g_autofree char *only = item_text(sender, parcel->items->pdata[0], parcel->language);
  return framed(FRAME_ONE, parcel->language, "text", json_string(only));
}

/* ---- mail ---- */

static char *mail_text(const Sender *sender, const Parcel *parcel) {
  GString *text = g_string_new(NULL);
  for (unsigned i = 0; i < parcel->items->len; i++) {
    const Item *item = parcel->items->pdata[i];
    g_autofree char *when = zone_format(sender->config->time_zone, item->at_ms, "%Y-%m-%d %H:%M");
    g_autofree char *what = item_text(sender, item, parcel->language);
    g_string_append_printf(text, "%s  %s\n", when, what);
  }
  g_autofree char *link = frame_text(FRAME_LINK, parcel->language, NULL);
  g_autofree char *end = frame_text(FRAME_END, parcel->language, NULL);
  if (*sender->config->public_url)
    g_string_append_printf(text, "\n%s%s\n", link, sender->config->public_url);
  g_string_append_printf(text, "\n%s\n", end);
  return g_string_free(text, FALSE);
}

static void send_mail(const Sender *sender, const Way *way, Parcel *parcel, int64_t now_ms) {
  if (!parcel->email) {
    give_up(&parcel->outcome, "no address");
    return;
  }
  g_autofree char *subject = title_of(sender, parcel);
  g_autofree char *text = mail_text(sender, parcel);
  const Mail mail = {.from = way->sender,
                     .to = parcel->email,
                     .id = ((const Item *)parcel->items->pdata[0])->delivery,
                     .subject = subject,
                     .text = text,
                     .at_ms = now_ms};
  g_autofree char *message = mail_compose(&mail);
  carrier_mail(sender->carrier, way, parcel->email, message, &parcel->outcome);
}

/* ---- JSON by HTTP, signed ---- */

typedef struct {
  const char *url, *id, *secret; /* secret NULL: not signed */
  bool typed;
  int64_t now_ms;
} Hook;

/* Takes object. */
static void post_json(const Sender *sender, const Hook *hook, json_t *object, Outcome *outcome) {
  char *body = json_dumps(object, JSON_COMPACT);
  json_decref(object);
  int64_t at_s = hook->now_ms / 1000;
  g_autofree char *signature =
      hook->secret ? webhook_signature(hook->secret, hook->id, at_s, body, strlen(body)) : NULL;
  if (hook->secret && !signature) {
    give_up(outcome, "the secret is not whsec_ and base64");
    outcome->carried = true;
    free(body);
    return;
  }
  g_autofree char *id = g_strdup_printf("webhook-id: %s", hook->id);
  g_autofree char *at = g_strdup_printf("webhook-timestamp: %" PRId64, at_s);
  g_autofree char *signed_by = g_strdup_printf("webhook-signature: %s", signature);
  const char *const headers[] = {"Content-Type: application/json", id, at,
                                 signature ? signed_by : NULL, NULL};
  const HttpPost post = {hook->url, hook->typed, headers, body, strlen(body)};
  carrier_post(sender->carrier, &post, outcome);
  free(body);
}

static void send_sms(const Sender *sender, const Way *way, Parcel *parcel, int64_t now_ms) {
  const Item *item = parcel->items->pdata[0];
  if (!parcel->phone) {
    give_up(&parcel->outcome, "no number");
    return;
  }
  g_autofree char *what = item_text(sender, item, parcel->language);
  g_autofree char *text = item->unread
                              ? framed(FRAME_UNREAD, parcel->language, "text", json_string(what))
                              : g_steal_pointer(&what);
  const Hook hook = {way->url, item->delivery, way->secret, false, now_ms};
  post_json(sender, &hook,
            json_pack("{s:s, s:s, s:s}", "id", item->delivery, "to", parcel->phone, "text", text),
            &parcel->outcome);
}

/* {type, timestamp, data} as the Standard Webhooks specification recommends. */
static json_t *event_of(const Sender *sender, const Parcel *parcel, const Item *item) {
  g_autofree char *text = item_text(sender, item, parcel->language);
  g_autofree char *at = zone_format(sender->config->time_zone, item->at_ms, "%FT%T%:z");
  return json_pack("{s:s, s:s, s:{s:s, s:s, s:b, s:s, s:O}}", "type", item->code, "timestamp", at,
                   "data", "subject", item->subject, "record", item->record, "urgent", item->urgent,
                   "text", text, "params", item->params);
}

static void send_webhook(const Sender *sender, const Way *way, Parcel *parcel, int64_t now_ms) {
  const Item *item = parcel->items->pdata[0];
  if (!parcel->webhook) {
    give_up(&parcel->outcome, "no address");
    return;
  }
  const Hook hook = {parcel->webhook, item->delivery, parcel->secret, true, now_ms};
  post_json(sender, &hook, event_of(sender, parcel, item), &parcel->outcome);
}

/* That it happened, and to which record: the program asks for the rest with rights of its own. */
static void send_call(const Sender *sender, const Way *way, Parcel *parcel, int64_t now_ms) {
  const Item *item = parcel->items->pdata[0];
  const Hook hook = {parcel->webhook, item->delivery, parcel->secret, false, now_ms};
  g_autofree char *at = zone_format(sender->config->time_zone, item->at_ms, "%FT%T%:z");
  post_json(sender, &hook,
            json_pack("{s:s, s:s, s:{s:s, s:s, s:b}}", "type", item->code, "timestamp", at, "data",
                      "subject", item->subject, "record", item->record, "urgent", item->urgent),
            &parcel->outcome);
}

/* ---- pushes ---- */

/* What the worker of the page shows; a hint, so little is in it. */
static char *push_text(const Sender *sender, const Parcel *parcel) {
  g_autofree char *title = title_of(sender, parcel);
  json_t *object = json_pack("{s:s, s:i}", "title", title, "count", (int)parcel->items->len);
  char *text = json_dumps(object, JSON_COMPACT);
  json_decref(object);
  return text;
}

static bool is_urgent(const Parcel *parcel) {
  for (unsigned i = 0; i < parcel->items->len; i++)
    if (((const Item *)parcel->items->pdata[i])->urgent)
      return true;
  return false;
}

static void push_to(const Sender *sender, const Parcel *parcel, Device *device, const char *text,
                    int64_t now_ms, Outcome *outcome) {
  g_autoptr(GBytes) sealed = push_seal(device->p256dh, device->auth, text);
  g_autofree char *proof = push_authorization(sender->key, device->endpoint,
                                              sender->config->push_contact, now_ms / 1000);
  if (!sealed || !proof) {
    device->gone = true; /* no message will ever reach it */
    give_up(outcome, "the browser's keys are none");
    return;
  }
  g_autofree char *authorization = g_strconcat("Authorization: ", proof, NULL);
  /* A newer push takes the place of one that was not delivered yet (RFC 8030 section 5.4). */
  const char *const headers[] = {"Content-Type: application/octet-stream",
                                 "Content-Encoding: aes128gcm",
                                 "TTL: 86400",
                                 "Topic: inbox",
                                 is_urgent(parcel) ? "Urgency: high" : "Urgency: normal",
                                 authorization,
                                 NULL};
  const HttpPost post = {device->endpoint, true, headers, g_bytes_get_data(sealed, NULL),
                         g_bytes_get_size(sealed)};
  carrier_post(sender->carrier, &post, outcome);
  device->gone = outcome->final;
}

/* One browser that took it is enough. One whose service does not answer ends the try, so that it
 * holds up nobody else; the next try begins with another one. */
static void send_push(const Sender *sender, const Way *way, Parcel *parcel, int64_t now_ms) {
  char *text = push_text(sender, parcel);
  unsigned count = parcel->devices->len;
  unsigned first = ((const Item *)parcel->items->pdata[0])->attempts;
  Outcome outcome = {0};
  give_up(&parcel->outcome, "no browser takes pushes");
  for (unsigned i = 0; i < count && !outcome.timed_out; i++) {
    push_to(sender, parcel, parcel->devices->pdata[(first + i) % count], text, now_ms, &outcome);
    if (outcome.ok || (!parcel->outcome.ok && !outcome.final))
      parcel->outcome = outcome;
  }
  free(text);
}

void send_parcel(const Sender *sender, const Batch *batch, Parcel *parcel, int64_t now_ms) {
  static void (*const ways[CHANNEL_COUNT])(const Sender *, const Way *, Parcel *,
                                           int64_t) = {[CHANNEL_EMAIL] = send_mail,
                                                       [CHANNEL_SMS] = send_sms,
                                                       [CHANNEL_WEBHOOK] = send_webhook,
                                                       [CHANNEL_PUSH] = send_push,
                                                       [CHANNEL_CALL] = send_call};
  if (!parcel->active)
    give_up(&parcel->outcome, "the account is disabled");
  else
    ways[batch->channel](sender, batch->way, parcel, now_ms);
}
