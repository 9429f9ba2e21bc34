/* For test-engine: a client of the engine that is small but real: ICE checks by libnice's STUN
 * library, DTLS and SRTP. It offers a microphone, a camera, one audio and one video slot. Test
 * thread; every wait is bounded. */
#pragma once

#include <glib.h>

#include "peer/dtls.h"
#include "peer/feedback.h"
#include "peer/frame.h"
#include "peer/srtp.h"
#include "wire/rtp.h"

#define CLIENT_AUDIO_SSRC 0x0A000000u /* plus the client's number */
#define CLIENT_VIDEO_SSRC 0x0B000000u

typedef struct {
  unsigned number;
  int fd;
  bool tcp; /* what it has to say, it says over TCP; takes effect with client_move */
  FrameReader reader;
  uint16_t server_port;
  DtlsContext *context;
  bool borrows; /* the context is another client's */
  Dtls *dtls;
  Srtp *in, *out;
  char ufrag[16], server_ufrag[64], server_pwd[64], old_ufrag[64], old_pwd[64];
  char fingerprint[128]; /* what the offer says: another one for a liar */
  unsigned generation;
  uint16_t audio_sequence, video_sequence;
  bool deaf;       /* answers no requests */
  bool controlled; /* its checks claim the server's role: refused with 487 */
  uint64_t origin; /* the session of its offers' o= line */
  uint8_t last_check[1280];
  size_t last_check_len;
  bool transport_wide; /* offers transport-wide numbers for what it receives */
  Feedback feedback;
  /* What came since the start. */
  unsigned checks_answered, asked, rtp_audio, rtp_video, rtcp, undecryptable;
  unsigned keyframes_asked;
  uint32_t last_ssrc, video_ssrc;
  uint16_t sound_number; /* of the sound that came last */
  uint8_t last_payload[64];
} Client;

Client *client_new(unsigned number, unsigned server_port);
void client_free(Client *client);

/* The offer's text, g_free it; a new generation has new ICE credentials. */
char *client_offer(Client *client, bool restart_ice);
void client_answer(Client *client, const char *sdp);

void client_check(Client *client, bool nominate);
/* What a listener could do: the last check once more. */
void client_check_again(Client *client);
/* A new PeerConnection with the certificate of another. */
Client *client_new_like(const Client *other);
/* With the credentials before the last restart. */
void client_check_old(Client *client);
void client_start_dtls(Client *client);
bool client_connected(const Client *client);
/* Reads and handles what is there. */
void client_poll(Client *client);
/* One packet of sound, one picture of one packet. */
void client_send_audio(Client *client);
/* Sound whose authentication tag is wrong. */
void client_send_forged(Client *client);
void client_send_video(Client *client, bool keyframe);
/* Of the picture that came last. */
void client_want_keyframe(Client *client);
/* That it is there: an empty receiver report. */
void client_send_report(Client *client);
/* When each numbered packet came that was not told yet. */
void client_send_feedback(Client *client);
/* Goes on from another address, over UDP or TCP. */
void client_move(Client *client);
