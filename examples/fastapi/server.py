"""Starts the bookstore's API by itself: python3 server.py"""

import os

import uvicorn

if __name__ == "__main__":
    uvicorn.run(
        "main:app",
        host=os.environ.get("API_HOST", "localhost"),
        port=int(os.environ.get("API_PORT", "4301")),
        access_log=False,  # paths may hold what people paste into them
        server_header=False,
        log_level="warning",
        workers=1,  # each process would fetch keys for itself; start more of them behind a proxy
    )
