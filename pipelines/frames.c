#include "frames.h"

#include "wire/vp8.h"

void frames_init(Frames *frames) {
  *frames = (Frames){.bytes = g_byte_array_new(), .wait_keyframe = true};
}

void frames_clear(Frames *frames) {
  g_clear_pointer(&frames->bytes, g_byte_array_unref);
}

void frames_lost(Frames *frames) {
  frames->collecting = false;
  frames->wait_keyframe = true;
}

static FramesVerdict leave_out(Frames *frames) {
  frames_lost(frames);
  return FRAMES_WAIT;
}

static void begin(Frames *frames, const Vp8Descriptor *vp8) {
  if (frames->collecting) /* the one before has no end */
    frames_lost(frames);
  frames->collecting = true;
  frames->keyframe = vp8->keyframe;
  g_byte_array_set_size(frames->bytes, 0);
  if (!vp8->keyframe)
    return;
  frames->wait_keyframe = false;
  frames->width = vp8->width;
  frames->height = vp8->height;
}

FramesVerdict frames_put(Frames *frames, const uint8_t *payload, size_t len, bool marker) {
  Vp8Descriptor vp8;
  if (!vp8_parse(payload, len, &vp8))
    return leave_out(frames);
  if (vp8.keyframe && (vp8.width < FRAMES_SIDE_MIN || vp8.height < FRAMES_SIDE_MIN))
    return leave_out(frames);
  if (vp8.start_of_partition && vp8.partition == 0)
    begin(frames, &vp8);
  size_t bytes = len - vp8.header_len;
  if (!frames->collecting || frames->wait_keyframe || frames->bytes->len + bytes > FRAMES_MAX_BYTES)
    return leave_out(frames);
  g_byte_array_append(frames->bytes, payload + vp8.header_len, (guint)bytes);
  if (!marker)
    return FRAMES_MORE;
  frames->collecting = false;
  return FRAMES_WHOLE;
}

GstBuffer *frames_take(Frames *frames) {
  GstBuffer *buffer = gst_buffer_new_memdup(frames->bytes->data, frames->bytes->len);
  if (!frames->keyframe)
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}
