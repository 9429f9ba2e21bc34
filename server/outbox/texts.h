/* The words of notices as mail, text messages and pushes say them: those of the subjects
 * (words.txt, "notice.begun"), and of the frame around them. {name} stands for a parameter. Pure;
 * any thread. */
#pragma once

#include <jansson.h>

#include "model/model.h"

/* The sentence in that language, "zh" or "en". code: "post.begun"; one without words says that
 * there is something. Parameters that are missing are left out. Free with g_free. */
char *notice_text(const Model *model, const char *code, const char *language, const json_t *params);

typedef enum {
  FRAME_MANY,   /* {count} */
  FRAME_ONE,    /* {text} */
  FRAME_UNREAD, /* {text} */
  FRAME_LINK,
  FRAME_END,
  FRAME_NOTICE, /* what has no words of its own */
} Frame;

/* params may be NULL. Free with g_free. */
char *frame_text(Frame frame, const char *language, const json_t *params);
