#ifndef DUNNAGE_CLIBCURL_SHIM_H
#define DUNNAGE_CLIBCURL_SHIM_H

#include <curl/curl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

// Swift cannot call variadic functions: one typed wrapper for each kind of argument.

static inline CURLcode clibcurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clibcurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clibcurl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clibcurl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode clibcurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*clibcurl_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode clibcurl_set_data_callback(CURL *handle, CURLoption option, clibcurl_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}

typedef int (*clibcurl_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode clibcurl_set_seek_callback(CURL *handle, clibcurl_seek_callback value) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, value);
}

typedef int (*clibcurl_progress_callback)(
    void *context, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total, curl_off_t uploaded);

static inline CURLcode clibcurl_set_progress_callback(CURL *handle, clibcurl_progress_callback value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

typedef int (*clibcurl_connected_callback)(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port);

static inline CURLcode clibcurl_set_connected_callback(CURL *handle, clibcurl_connected_callback value) {
    return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}

// A mail goes to the recipients that its server takes, also when it refuses others. The option's name was misspelt
// until 8.2, its number is the same.
static inline CURLcode clibcurl_go_on_without_refused_recipients(CURL *handle) {
    return curl_easy_setopt(handle, (CURLoption)(CURLOPTTYPE_LONG + 290), 1L);
}

static inline CURLcode clibcurl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode clibcurl_get_string(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, value);
}

// The certificate that a server showed, for messages, and whether it has to be one of a list.
typedef struct {
    // Digests of the accepted certificates, one after another, each with its length before it.
    const unsigned char *pins;
    size_t pins_length;
    int accepts_any;
    // What was seen.
    int is_pinned;
    int error;
    unsigned char sha256[32];
    char subject[256];
    char issuer[256];
    char not_before[32];
    char not_after[32];
} clibcurl_certificate;

static inline const EVP_MD *clibcurl_digest_of_length(size_t length) {
    switch (length) {
    case 20: return EVP_sha1();
    case 32: return EVP_sha256();
    case 48: return EVP_sha384();
    case 64: return EVP_sha512();
    default: return NULL;
    }
}

static inline void clibcurl_time_text(const ASN1_TIME *time, char *text, int size) {
    BIO *memory = BIO_new(BIO_s_mem());
    if (!memory) return;
    if (time && ASN1_TIME_print(memory, time)) BIO_gets(memory, text, size);
    BIO_free(memory);
}

static inline int clibcurl_verify_certificate(X509_STORE_CTX *store, void *context) {
    clibcurl_certificate *seen = (clibcurl_certificate *)context;
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    unsigned int length = sizeof seen->sha256;
    if (leaf) {
        X509_digest(leaf, EVP_sha256(), seen->sha256, &length);
        X509_NAME_oneline(X509_get_subject_name(leaf), seen->subject, sizeof seen->subject);
        X509_NAME_oneline(X509_get_issuer_name(leaf), seen->issuer, sizeof seen->issuer);
        clibcurl_time_text(X509_get0_notBefore(leaf), seen->not_before, sizeof seen->not_before);
        clibcurl_time_text(X509_get0_notAfter(leaf), seen->not_after, sizeof seen->not_after);
    }
    if (seen->accepts_any) return 1;
    if (seen->pins_length == 0) {
        int accepted = X509_verify_cert(store);
        if (accepted <= 0) seen->error = X509_STORE_CTX_get_error(store);
        return accepted > 0;
    }
    for (size_t at = 0; leaf && at < seen->pins_length; at += 1 + seen->pins[at]) {
        unsigned char digest[EVP_MAX_MD_SIZE];
        const EVP_MD *algorithm = clibcurl_digest_of_length(seen->pins[at]);
        if (algorithm && X509_digest(leaf, algorithm, digest, &length) && length == seen->pins[at]
            && memcmp(digest, seen->pins + at + 1, length) == 0) {
            seen->is_pinned = 1;
            X509_STORE_CTX_set_error(store, X509_V_OK);
            return 1;
        }
    }
    seen->error = X509_V_ERR_CERT_REJECTED;
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return 0;
}

static inline CURLcode clibcurl_prepare_tls(CURL *handle, void *tls, void *context) {
    (void)handle;
    SSL_CTX_set_cert_verify_callback((SSL_CTX *)tls, clibcurl_verify_certificate, context);
    return CURLE_OK;
}

// Lets our own check decide about certificates; `seen` has to outlive the handle's connections.
static inline CURLcode clibcurl_watch_certificates(CURL *handle, clibcurl_certificate *seen) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, (void *)seen);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, clibcurl_prepare_tls);
}

static inline const char *clibcurl_certificate_words(int error) { return X509_verify_cert_error_string(error); }

// The socket of a connection that was made for its user to speak on.
static inline CURLcode clibcurl_get_socket(CURL *handle, curl_socket_t *value) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}

// The file and the folder with the authorities that the library trusts; NULL where it was built without.
static inline const char *clibcurl_authorities_file(void) { return curl_version_info(CURLVERSION_NOW)->cainfo; }

static inline const char *clibcurl_authorities_folder(void) { return curl_version_info(CURLVERSION_NOW)->capath; }

// A client's end of TLS on a socket, for what speaks in clear first. `seen` has to outlive it.
static inline SSL *clibcurl_tls_open(
    int socket, const char *name, const unsigned char *protocols, size_t protocols_length, const char *authorities,
    const char *own_certificate, const char *own_key, clibcurl_certificate *seen) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) return NULL;
    int good = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, clibcurl_verify_certificate, seen);
    const char *file = authorities ? authorities : clibcurl_authorities_file();
    const char *folder = authorities ? NULL : clibcurl_authorities_folder();
    if (file || folder) {
        // Authorities that were named have to be there; of the system's either will do.
        int loaded = SSL_CTX_load_verify_locations(context, file, folder);
        if (authorities) good &= loaded;
    } else {
        good &= SSL_CTX_set_default_verify_paths(context);
    }
    if (own_certificate) {
        good &= SSL_CTX_use_certificate_chain_file(context, own_certificate);
        good &= SSL_CTX_use_PrivateKey_file(context, own_key, SSL_FILETYPE_PEM);
    }
    SSL *tls = good == 1 ? SSL_new(context) : NULL;
    SSL_CTX_free(context);
    if (!tls) return NULL;
    X509_VERIFY_PARAM *expected = SSL_get0_param(tls);
    if (!seen->accepts_any && seen->pins_length == 0 && !X509_VERIFY_PARAM_set1_ip_asc(expected, name)) {
        X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        good &= X509_VERIFY_PARAM_set1_host(expected, name, 0);
    }
    ERR_clear_error();
    good &= SSL_set_tlsext_host_name(tls, name) == 1;
    if (protocols_length > 0) good &= SSL_set_alpn_protos(tls, protocols, (unsigned int)protocols_length) == 0;
    if (good != 1 || !SSL_set_fd(tls, socket)) {
        SSL_free(tls);
        return NULL;
    }
    SSL_set_connect_state(tls);
    return tls;
}

// The SHA-256 of the public key that the server has shown; 0 when it has shown none.
static inline int clibcurl_tls_public_key(SSL *tls, unsigned char *digest) {
    X509 *certificate = SSL_get1_peer_certificate(tls);
    if (!certificate) return 0;
    unsigned char *encoded = NULL;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
    int good = length > 0 && EVP_Digest(encoded, (size_t)length, digest, NULL, EVP_sha256(), NULL);
    OPENSSL_free(encoded);
    X509_free(certificate);
    return good;
}

// Why the last call failed, in the library's words.
static inline void clibcurl_tls_words(char *text, size_t size) {
    unsigned long error = ERR_peek_last_error();
    const char *reason = error ? ERR_reason_error_string(error) : NULL;
    strncpy(text, reason ? reason : "the connection ended", size - 1);
    text[size - 1] = 0;
}

// A message that an easy handle has left in its multi handle; 1 when there was one.
static inline int clibcurl_take_result(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return 1;
        }
    }
    return 0;
}

#endif
