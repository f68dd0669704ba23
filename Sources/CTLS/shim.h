#ifndef DUNNAGE_CTLS_SHIM_H
#define DUNNAGE_CTLS_SHIM_H

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

// The library's own socket BIO writes in a way that may raise SIGPIPE; this one does not.

static inline int ctls_socket(BIO *bio) { return (int)(intptr_t)BIO_get_data(bio); }

static inline int ctls_bio_write(BIO *bio, const char *bytes, int count) {
    BIO_clear_retry_flags(bio);
    ssize_t done = send(ctls_socket(bio), bytes, (size_t)count, MSG_NOSIGNAL);
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(bio);
    return (int)done;
}

static inline int ctls_bio_read(BIO *bio, char *bytes, int count) {
    BIO_clear_retry_flags(bio);
    ssize_t done = recv(ctls_socket(bio), bytes, (size_t)count, 0);
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(bio);
    return (int)done;
}

static inline long ctls_bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    // There is nothing to be flushed, and nothing else is known.
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static inline BIO_METHOD *ctls_method_new(void) {
    // Without a number of its own, by which nobody looks for it: there are 127 of them in a process, and every certificate
    // that is taken over would cost one.
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket without signals");
    if (!method) return NULL;
    if (BIO_meth_set_write(method, ctls_bio_write) && BIO_meth_set_read(method, ctls_bio_read)
        && BIO_meth_set_ctrl(method, ctls_bio_control))
        return method;
    BIO_meth_free(method);
    return NULL;
}

// Never asks at the terminal.
static inline int ctls_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

// HTTP/1.1, or nothing at all for a client that wants to speak something else.
static inline int ctls_choose_protocol(
    SSL *connection, const unsigned char **chosen, unsigned char *chosen_length, const unsigned char *offered,
    unsigned int offered_length, void *context) {
    static const unsigned char ours[] = "\x08http/1.1";
    (void)connection;
    (void)context;
    int found = SSL_select_next_proto(
        (unsigned char **)chosen, chosen_length, ours, sizeof ours - 1, offered, offered_length);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static inline SSL_CTX *ctls_context_new(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return NULL;
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // A ticket would outlive the certificate that it was given under.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, ctls_choose_protocol, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) && SSL_CTX_set_num_tickets(context, 0)
        && SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20"))
        return context;
    SSL_CTX_free(context);
    return NULL;
}

// What is wrong with PEM files, if anything is.
typedef enum { CTLS_FINE, CTLS_BAD_CERTIFICATE, CTLS_BAD_KEY, CTLS_MISMATCH } ctls_verdict;

// Takes the first certificate as the server's, and the others as those in between.
static inline ctls_verdict ctls_use_chain(SSL_CTX *context, const void *pem, size_t length, int64_t *ends) {
    BIO *source = BIO_new_mem_buf(pem, (int)length);
    if (!source) return CTLS_BAD_CERTIFICATE;
    X509 *leaf = PEM_read_bio_X509(source, NULL, ctls_no_passphrase, NULL);
    int fine = leaf && SSL_CTX_use_certificate(context, leaf);
    struct tm end;
    if (fine && ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &end)) *ends = (int64_t)timegm(&end);
    X509_free(leaf);
    X509 *next;
    while (fine && (next = PEM_read_bio_X509(source, NULL, ctls_no_passphrase, NULL))) {
        if (!SSL_CTX_add0_chain_cert(context, next)) {
            X509_free(next);
            fine = 0;
        }
    }
    // The reading ends with the error that there is nothing more, or with another one.
    if (fine && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) ERR_clear_error();
    else fine = 0;
    BIO_free(source);
    return fine ? CTLS_FINE : CTLS_BAD_CERTIFICATE;
}

static inline ctls_verdict ctls_use_key(SSL_CTX *context, const void *pem, size_t length) {
    BIO *source = BIO_new_mem_buf(pem, (int)length);
    if (!source) return CTLS_BAD_KEY;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, ctls_no_passphrase, NULL);
    BIO_free(source);
    if (!key) return CTLS_BAD_KEY;
    X509 *leaf = SSL_CTX_get0_certificate(context);
    ctls_verdict verdict = CTLS_FINE;
    if (!leaf || X509_check_private_key(leaf, key) != 1) verdict = CTLS_MISMATCH;
    else if (!SSL_CTX_use_PrivateKey(context, key)) verdict = CTLS_BAD_KEY;
    EVP_PKEY_free(key);
    return verdict;
}

// The library's words for the last error on this thread, which is forgotten then.
static inline void ctls_take_reason(char *text, size_t size) {
    unsigned long code = ERR_peek_last_error();
    const char *words = code ? ERR_reason_error_string(code) : NULL;
    strncpy(text, words ? words : "unknown reason", size - 1);
    text[size - 1] = 0;
    ERR_clear_error();
}

static inline SSL *ctls_accept_on(SSL_CTX *context, BIO_METHOD *method, int socket) {
    SSL *connection = SSL_new(context);
    BIO *bio = BIO_new(method);
    if (!connection || !bio) {
        SSL_free(connection);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_data(bio, (void *)(intptr_t)socket);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection, bio, bio);
    SSL_set_accept_state(connection);
    return connection;
}

// What came of a step, when it is no count of bytes.
static const int CTLS_CLOSED = 0;
static const int CTLS_WANTS_READ = -1;
static const int CTLS_WANTS_WRITE = -2;
static const int CTLS_FAILED = -3;
static const int CTLS_IS_HTTP = -4;

static inline int ctls_outcome(SSL *connection, int result) {
    if (result > 0) return result;
    switch (SSL_get_error(connection, result)) {
    case SSL_ERROR_WANT_READ: return CTLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE: return CTLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN: return CTLS_CLOSED;
    default: return ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST ? CTLS_IS_HTTP : CTLS_FAILED;
    }
}

static inline int ctls_handshake(SSL *connection) {
    ERR_clear_error();
    return ctls_outcome(connection, SSL_do_handshake(connection));
}

static inline int ctls_read(SSL *connection, void *bytes, int count) {
    ERR_clear_error();
    return ctls_outcome(connection, SSL_read(connection, bytes, count));
}

static inline int ctls_write(SSL *connection, const void *bytes, int count) {
    ERR_clear_error();
    return ctls_outcome(connection, SSL_write(connection, bytes, count));
}

// Says good-bye; the other side's is not waited for.
static inline void ctls_goodbye(SSL *connection) {
    ERR_clear_error();
    (void)SSL_shutdown(connection);
    ERR_clear_error();
}

#endif
