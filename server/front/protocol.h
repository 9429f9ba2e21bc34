/* What is printed of the messages' declarations (messages.h). Any thread. */
#pragma once

/* The tables of PROTOCOL.md. Free with g_free. */
char *protocol_tables(void);
/* The types of web/src/sdk/messages.gen.ts. Free with g_free. */
char *protocol_types(void);
