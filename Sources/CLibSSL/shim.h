#pragma once
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdint.h>

// SSL_read_ex came with 1.1.1; that an end without close_notify is an error of its own, with 3.0.
#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "OpenSSL 3.0 or newer is needed"
#endif

// These options are made by a macro with a parameter, which Swift does not read.

/// A client cannot negotiate a second time, which would cost the server more than the client.
static const uint64_t clibssl_no_renegotiation = SSL_OP_NO_RENEGOTIATION;
/// The order of the server's cipher suites decides.
static const uint64_t clibssl_server_preference = SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
/// No session is resumed.
static const uint64_t clibssl_no_ticket = SSL_OP_NO_TICKET;
/// No compression, whose length tells what was compressed.
static const uint64_t clibssl_no_compression = SSL_OP_NO_COMPRESSION;

// What follows are macros around SSL_CTX_ctrl, ERR_get_error and the stacks, which Swift cannot call.

/// Sets the oldest and the newest version; 1 where both were taken.
static inline int clibssl_set_versions(SSL_CTX *_Nonnull context, int oldest, int newest) {
    return SSL_CTX_set_min_proto_version(context, oldest) == 1 && SSL_CTX_set_max_proto_version(context, newest) == 1;
}

/// Sets the groups for the key exchange, as a list with colons; 1 where it was taken.
static inline int clibssl_set_groups(SSL_CTX *_Nonnull context, const char *_Nonnull list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

/// Adds to the modes of what a context makes.
static inline void clibssl_add_mode(SSL_CTX *_Nonnull context, long mode) { SSL_CTX_set_mode(context, mode); }

/// Keeps no sessions in memory.
static inline void clibssl_turn_session_cache_off(SSL_CTX *_Nonnull context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

/// Adds a certificate that is sent behind the server's own, and takes it over; 1 where it was taken.
static inline int clibssl_add_chain_certificate(SSL_CTX *_Nonnull context, X509 *_Nonnull certificate) {
    return (int)SSL_CTX_add0_chain_cert(context, certificate);
}

/// Reads the reason out of an error's number.
static inline int clibssl_reason(unsigned long error) { return ERR_GET_REASON(error); }

/// The subject's alternative names of a certificate, of which the caller is the owner; NULL where there are none.
static inline GENERAL_NAMES *_Nullable clibssl_names(const X509 *_Nonnull certificate) {
    return X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}

/// Counts names.
static inline int clibssl_name_count(const GENERAL_NAMES *_Nonnull names) { return sk_GENERAL_NAME_num(names); }

/// Lends the bytes of a name: text for GEN_DNS, GEN_EMAIL and GEN_URI, 4 or 16 bytes for GEN_IPADD.
///
/// `GENERAL_NAME` holds a union, which Swift cannot read safely. The result is how many bytes there are, 0 for a name
/// of another kind.
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
