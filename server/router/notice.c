/* See notice.h. */
#include "router/notice.h"

NoticeChange notice_update(Notice *notice, bool on, int64_t now_us) {
  if (on != notice->now) {
    notice->now = on;
    notice->since_us = now_us;
  }
  if (on == notice->reported || now_us - notice->since_us < NOTICE_US)
    return NOTICE_NONE;
  notice->reported = on;
  return on ? NOTICE_ON : NOTICE_OFF;
}

bool notice_end(Notice *notice) {
  bool was = notice->reported;
  *notice = (Notice){0};
  return was;
}
