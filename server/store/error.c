#include "store/database.h"

G_DEFINE_QUARK(yishi_store_error, store_error)
