/* Prerecorded media for synthetic participants: RTP payloads of a flash-and-beep film, made once by
 * GStreamer and sent by hundreds. The picture is white for the first 100 ms of each second, the
 * sound a 1 kHz beep for the same 100 ms: whoever records it can measure sound against picture. A
 * video clip exists twice, with ordinary frames and all as key frames: on a key-frame request the
 * sender takes the frame at hand from the second, as an encoder would. Immutable; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint32_t timestamp; /* ticks since the clip's start */
  uint16_t len;
  uint8_t head_len; /* bytes of payload that are the VP8 descriptor; 0 for sound */
  bool marker, keyframe, starts;
  uint8_t payload[1200];
} ClipPacket;

/* The packets of one time stamp. */
typedef struct {
  uint32_t timestamp;
  unsigned first, count;
} ClipFrame;

typedef struct {
  GArray *packets;       /* ClipPacket, in order of sending */
  GArray *frames;        /* ClipFrame */
  uint32_t clock_rate;   /* Hz */
  uint32_t length_ticks; /* of the whole clip: where the next round starts */
} Clip;

#define CLIP_SECONDS 10

Clip *clip_video(int width, int height, int frames_per_second, int bps, bool all_key,
                 GError **error);
Clip *clip_audio(GError **error);
/* Not a film but a load: bursts_per_second key frames of so many packets of so many bytes each,
 * with the RTP header. */
Clip *clip_burst(unsigned bursts_per_second, unsigned packets, unsigned bytes);
/* Kept in a file of this machine's build, so that each film is encoded once. clip_load: NULL when
 * there is none. */
Clip *clip_load(const char *path);
bool clip_save(const Clip *clip, const char *path, GError **error);
void clip_free(Clip *clip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Clip, clip_free)
