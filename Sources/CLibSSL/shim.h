#pragma once
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdint.h>

// OpenSSL 3.0 reports an end of stream without close_notify as SSL_R_UNEXPECTED_EOF_WHILE_READING.
#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "OpenSSL 3.0 or newer is required"
#endif

// OpenSSL defines these options with function-like macros. Swift does not import those.

/// Rejects renegotiation, which costs the server more than the client.
static const uint64_t clibssl_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
/// Selects the cipher suite by the server's order, not by the client's.
static const uint64_t clibssl_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
/// Disables session tickets, so that no session is resumed.
static const uint64_t clibssl_no_ticket = SSL_OP_NO_TICKET;
/// Disables compression, because the compressed length reveals plaintext (CRIME).
static const uint64_t clibssl_no_compression = SSL_OP_NO_COMPRESSION;

// The functions below wrap macros of OpenSSL. Swift cannot call macros.

/// Sets the oldest and the newest TLS version; returns 1 on success.
static inline int clibssl_set_versions(SSL_CTX *_Nonnull context, int oldest, int newest) {
    return SSL_CTX_set_min_proto_version(context, oldest) == 1 && SSL_CTX_set_max_proto_version(context, newest) == 1;
}

/// Sets the groups for the key exchange, separated by colons; returns 1 on success.
static inline int clibssl_set_groups(SSL_CTX *_Nonnull context, const char *_Nonnull list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

/// Adds modes that new connections of the context get.
static inline void clibssl_add_mode(SSL_CTX *_Nonnull context, long mode) { SSL_CTX_set_mode(context, mode); }

/// Removes modes that new connections of the context get by default.
static inline void clibssl_clear_mode(SSL_CTX *_Nonnull context, long mode) { SSL_CTX_clear_mode(context, mode); }

/// Sets the maximum size of a client's certificate message in bytes.
static inline void clibssl_set_certificate_limit(SSL_CTX *_Nonnull context, long bytes) {
    SSL_CTX_set_max_cert_list(context, bytes);
}

/// Disables the session cache.
static inline void clibssl_disable_session_cache(SSL_CTX *_Nonnull context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

/// Adds a certificate to the chain that is sent after the server's certificate; returns 1 on success.
///
/// On success, the context owns the certificate.
static inline int clibssl_add_chain_certificate(SSL_CTX *_Nonnull context, X509 *_Nonnull certificate) {
    return (int)SSL_CTX_add0_chain_cert(context, certificate);
}

/// Returns the reason code of an error number.
static inline int clibssl_reason(unsigned long error) { return ERR_GET_REASON(error); }

/// Returns the subject alternative names of a certificate, or NULL if it has none. The caller must free them.
static inline GENERAL_NAMES *_Nullable clibssl_names(const X509 *_Nonnull certificate) {
    return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

/// Returns the number of names.
static inline int clibssl_name_count(const GENERAL_NAMES *_Nonnull names) { return sk_GENERAL_NAME_num(names); }

/// Returns the length of a name, and a pointer to its bytes, which belong to `names`.
///
/// The bytes are text for GEN_DNS, GEN_EMAIL and GEN_URI, and 4 or 16 bytes for GEN_IPADD. The result is 0 for other
/// kinds. `GENERAL_NAME` holds a union, which Swift cannot read safely.
static inline int clibssl_name_at(const GENERAL_NAMES *_Nonnull names, int index, int *_Nonnull kind,
                                  const unsigned char *_Nullable *_Nonnull bytes) {
    int type = 0;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &type);
    *kind = type;
    *bytes = NULL;
    if (type != GEN_DNS && type != GEN_EMAIL && type != GEN_URI && type != GEN_IPADD) return 0;
    *bytes = ASN1_STRING_get0_data(value);
    return ASN1_STRING_length(value);
}

/// Lets OpenSSL read the socket while the count in the callback's argument is above 0.
static inline long clibssl_count_read(BIO *_Nonnull socket, int operation, const char *_Nullable bytes, size_t length,
                                      int argument, long other, int result, size_t *_Nullable processed) {
    (void)bytes, (void)length, (void)argument, (void)other, (void)processed;
    if (operation != BIO_CB_READ) return result;
    char *left = BIO_get_callback_arg(socket);
    if (left == NULL) {
        BIO_set_retry_read(socket);
        return -1;
    }
    BIO_set_callback_arg(socket, left - 1);
    return result;
}

/// Lets OpenSSL read the socket of a session `count` times, until the next call of this function.
///
/// Further reads behave as if nothing had arrived. One record takes two reads: its header and its content.
static inline void clibssl_limit_reads(SSL *_Nonnull session, intptr_t count) {
    BIO *socket = SSL_get_rbio(session);
    if (socket == NULL) return;
    BIO_set_callback_arg(socket, (char *)count);
    BIO_set_callback_ex(socket, clibssl_count_read);
}
