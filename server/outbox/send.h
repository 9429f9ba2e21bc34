/* Sends one parcel by its channel. Blocks: on the outbox's own threads only. */
#pragma once

#include "outbox/batch.h"
#include "outbox/push.h"
#include "outbox/texts.h"

typedef struct {
  Carrier *carrier;
  const PushKey *key; /* NULL: nothing is pushed */
  const Config *config;
  const Model *model; /* the words */
} Sender;

/* Sets the parcel's outcome, and of its devices which are gone. */
void send_parcel(const Sender *sender, const Batch *batch, Parcel *parcel, int64_t now_ms);
