"""moto: Amazon's S3, STS, IMDS and more in memory; it takes any signature."""


def start(context):
    listener = context.listen()
    port = listener.getsockname()[1]
    context.fork("moto", lambda ready: serve(listener, port, ready)).facts()
    return {"url": f"http://127.0.0.1:{port}", "access_key": "testing", "secret_key": "testing-secret",
            "region": "us-east-1"}


def serve(listener, port, ready):
    import os
    os.environ["MOTO_PORT"] = str(port)
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server
    application = DomainDispatcherApplication(create_backend_app)
    application.debug = True
    server = make_server(
        "127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno())
    ready()
    server.serve_forever()
