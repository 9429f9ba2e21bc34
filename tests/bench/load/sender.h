/* One stream that a participant sends: sound, a picture, or one simulcast layer of it. Plays a clip
 * in step with everybody's, answers key-frame requests with the frame at hand from the clip of key
 * frames, marks temporal layers, and sends again what is asked for (RTX, RFC 4588). Embedded in a
 * Seat. */
#pragma once

#include "clip.h"
#include "figures.h"
#include "transport.h"

#define SENDER_HISTORY 1024 /* packets: over 5 s of the largest layer */

/* Which id of header extension means what; 0: not negotiated. */
typedef struct {
  uint8_t level, sequence, mid, rid, repaired;
} SenderExtensions;

typedef struct {
  const Clip *clip, *keys;        /* NULL: sends nothing; keys: NULL for sound */
  char mid[4], rid[2];            /* rid "": no simulcast */
  uint8_t payload_type, rtx_type; /* rtx 0: none */
  bool temporal;                  /* L1T3 */
  bool stamped;
  int64_t epoch_us; /* the clip started then */
} SenderSetting;

typedef struct {
  const ClipPacket *packet; /* NULL: none */
  int64_t sent_us;
  uint32_t timestamp;
  uint16_t sequence, picture_id;
  uint8_t tl0picidx, tid;
} SenderSent;

typedef struct {
  SenderSetting setting;
  uint32_t ssrc, rtx_ssrc, packets, bytes;
  uint16_t sequence, rtx_sequence, picture_id;
  uint8_t tl0picidx;
  uint64_t next_frame; /* since the epoch */
  bool wanted;         /* somebody takes it */
  bool want_key;
  int64_t
      named_until_us; /* mid and rid are sent until then: until the first report, as browsers do */
  SenderSent *history;
  uint64_t spoken; /* packets with a stamp that says speech, ever */
} Sender;

/* What all senders of a participant share. */
typedef struct {
  Transport *transport;
  SenderExtensions extensions;
  uint16_t *transport_sequence;
  Figures *figures;
  uint8_t level; /* of the sound, RFC 6464 */
  bool speech;   /* it speaks, for long enough that everybody must hear it */
} SenderWay;

void sender_init(Sender *sender, const SenderSetting *setting);
void sender_clear(Sender *sender);
void sender_start(Sender *sender, int64_t now_us);
/* A layer that was not wanted goes on with a key frame. */
void sender_set_wanted(Sender *sender, bool wanted, int64_t now_us);
void sender_send_due(Sender *sender, const SenderWay *way, int64_t now_us);
void sender_resend(Sender *sender, const SenderWay *way, uint16_t sequence, int64_t now_us);
/* A sender report; 0 when nothing was sent. */
size_t sender_report(const Sender *sender, uint8_t *out, size_t size, int64_t now_us);
