#define _GNU_SOURCE
#include "CCrypt.h"
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

bool ccrypt_bcrypt(const char *password, const char *setting, char hash[61]) {
    if (strncmp(setting, "$2", 2) != 0)
        return false;
    struct crypt_data *state = calloc(1, sizeof *state);
    if (state == NULL)
        return false;
    // On failure, crypt_r returns NULL or a text that begins with `*` (crypt(3), RETURN VALUE).
    const char *result = crypt_r(password, setting, state);
    bool is_hash = result != NULL && result[0] == '$' && strlen(result) == 60;
    if (is_hash)
        memcpy(hash, result, 61);
    explicit_bzero(state, sizeof *state);
    free(state);
    return is_hash;
}
