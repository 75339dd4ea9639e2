@echo off
rem Installs clearcount from this folder: install.cmd TARGET. Another Python: set PYTHON=C:\Python312\python.exe
setlocal
if not defined PYTHON set PYTHON=py -3
%PYTHON% "%~dp0install.py" %*
exit /b %ERRORLEVEL%
