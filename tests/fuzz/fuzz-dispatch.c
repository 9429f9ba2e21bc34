/* Signalling: lines of text to a meeting on a real database, in which a host (`h`), a member (`m`)
 * and a connection that has not said hello (`n`) sit. The first character of a line says whose it
 * is, the rest is the message; in it @h and @m stand for the participants, @s for the member's
 * session and @t for a join token. Whatever comes, nothing asserts and every answer is JSON. */
#include "fuzz.h"

#include <string.h>

#include "front/bed.h"

#define LINES_MAX 64

static Bed *bed;
static Page *host, *member, *stranger;

static void leave(Page **page) {
  if (*page)
    page_free(*page);
  *page = NULL;
}

static void finish(void) {
  leave(&host);
  leave(&member);
  leave(&stranger);
  bed_free(bed);
  bed = NULL;
}

static bool over(void) {
  return bed_number(bed, "select state in ('ended', 'cancelled') from meeting") != 0;
}

/* Whoever was put out comes back; a meeting that ended is followed by another. */
static void seat(void) {
  if (bed && over())
    finish();
  if (!bed)
    bed = bed_new(1);
  Page **pages[] = {&host, &member, &stranger};
  for (unsigned i = 0; i < 3; i++)
    if (*pages[i] && (*pages[i])->code)
      leave(pages[i]);
  if (!host)
    host = bed_join(bed, bed->host);
  if (!member)
    member = bed_join(bed, g_ptr_array_index(bed->people, 0));
  if (!stranger)
    stranger = page_new(bed);
}

static void substitute(GString *text, const char *mark, const char *value) {
  g_string_replace(text, mark, value, 8);
}

static void say(const char *line, size_t len) {
  Page *page = *line == 'm' ? member : *line == 'n' ? stranger : host;
  GString *text = g_string_new_len(line + 1, (gssize)len - 1);
  if (memchr(text->str, '@', text->len) && !memchr(text->str, 0, text->len)) {
    substitute(text, "@h", host->pid);
    substitute(text, "@m", member->pid);
    substitute(text, "@s", member->session);
    if (strstr(text->str, "@t") && !over()) {
      g_autofree char *token = bed_token(bed, bed->host);
      substitute(text, "@t", token);
    }
  }
  dispatch_message(page->client, text->str, text->len, bed->now_us);
  g_string_free(text, TRUE);
}

static void answer_offers(void) {
  const EngineSlotName slots[] = {{"1", "a0"}, {"2", "v0"}};
  for (unsigned i = 0; i < bed->offers->len; i++) {
    BedOffer *offer = &g_array_index(bed->offers, BedOffer, i);
    bed_events_of()->answer(
        bed->assembly, offer->peer, offer->request,
        &(EngineAnswer){.sdp = "v=0\r\n", .fresh = i & 1, .slots = slots, .slot_count = 2});
    bed_events_of()->slot(bed->assembly, offer->peer, "v0", offer->peer, SOURCE_CAMERA);
    g_free(offer->sdp);
    g_free(offer->connection);
  }
  g_array_set_size(bed->offers, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static bool registered;
  seat();
  if (!registered)
    atexit(finish); /* after OpenSSL's own handler was registered, so that it runs before that */
  registered = true;
  const char *line = (const char *)data, *end = line + len;
  for (unsigned i = 0; line < end && i < LINES_MAX; i++) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop)
      stop = end;
    if (stop > line)
      say(line, (size_t)(stop - line));
    bed_pass(bed, 50);
    line = stop + 1;
  }
  answer_offers();
  bed_settle(bed);
  g_string_truncate(bed->calls, 0);
  MUST(assembly_participant_count(bed->assembly) <= 16);
  page_forget(host);
  page_forget(member);
  page_forget(stranger);
  return 0;
}
