/* What a running room, or who keeps the files, must know of a change, once it is committed. */
#pragma once

typedef enum {
  EFFECT_MEETING_CHANGED,    /* its facts, its state, or what somebody may do in it */
  EFFECT_PERSON_CHANGED,     /* name, roles, active; a session of theirs ended */
  EFFECT_NAMES_CHANGED,      /* how somebody is shown, and so perhaps how his namesakes are */
  EFFECT_PERSON_REVOKED,     /* from this meeting */
  EFFECT_RECORDING_REMOVED,  /* one or another: its files are to go */
  EFFECT_PERSON_TURNED_AWAY, /* removed from it for good, and tries to come in */
} EffectKind;

typedef struct {
  EffectKind kind;
  char *meeting, *person; /* NULL where the kind says nothing about it */
  char *name;             /* of the person, as others see it; NULL where nobody is told */
} Effect;

/* A GArray's clear function. */
void effect_clear(void *effect);
