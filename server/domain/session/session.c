/* Sessions (登录会话): who is signed in, from where, since when. The security administrator sees
 * them, and everybody his own; the administrator ends somebody's with person.sign_out. Nothing here
 * writes: sessions begin and end with signing in and out (store/sessions.h). The digest tells rows
 * apart; nobody signs in with it. */
#include "domain/list.h"

#include "store/people.h"

static const Field fields[] = {
    REF("person", "person", .flags = GIVEN),
    TIME("created_at", .flags = GIVEN),
    TIME("last_seen_at", .flags = GIVEN),
    TIME("expires_at", .flags = GIVEN),
    TEXT("address", 0, 128, .flags = GIVEN),
    BOOL("by_link", .at = "", .about = "by a personal link, for one meeting"),
    END,
};

static const Grant grants[] = {
    {ROLE_SECURITY_ADMIN, "all", "read export", NULL},
    {ROLES_ALL, "own", "read export", NULL},
    {0},
};

static const List all = {NULL, "open", "-last_seen_at", "person", 200};

static const Route routes[] = {
    {R_LIST, "sessions", "read", .list = &all},
    {0},
};

extern const char session_sql[], session_words[];
const Subject subject_session = {"session",      "session", fields,      grants,
                                 routes,         NULL,      session_sql, .words = session_words,
                                 .key = "digest"};
