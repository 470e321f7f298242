// SPDX-License-Identifier: MIT
// An example of a contract that Stempress can follow: all tiers are ERC-1155 tokens with one copy each.
// It shows what docs/contract.md asks for, and nobody has audited it: have yours audited.
pragma solidity ^0.8.24;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC1155Supply} from "@openzeppelin/contracts/token/ERC1155/extensions/ERC1155Supply.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";

contract StemCollection is ERC1155Supply, ERC2981, Ownable {
    // What a stem token is, by position: songs of the collection, layers of the song, stems of the layer, from 0.
    struct Stem {
        uint16 song;
        uint16 layer;
        uint16 stem;
    }

    string public contractURI; // ERC-7572: .../metadata/contract.json
    bytes32 public immutable provenance; // the final hash that `build.py seal` prints
    uint256 public immutable size; // stem tokens are 1 to size
    uint256 public immutable price;
    uint256 public minted;
    uint256 public startingIndex; // for `build.py reveal --starting-index`
    bool public isRotated;

    mapping(uint256 song => uint256) public layers; // how many a song has
    mapping(uint256 album => uint256[]) private _songs;
    mapping(uint256 token => Stem) public stems;
    mapping(uint256 token => bool) public isRevealed;
    mapping(uint256 token => uint256) private _songPlusOne; // of song tokens
    uint256 private _lastForged;

    error Unavailable();
    error WrongPrice();
    error NotASet();

    constructor(
        string memory uri_,
        string memory contractURI_,
        bytes32 provenance_,
        uint256 size_,
        uint256 price_,
        address royalties,
        uint96 basisPoints
    ) ERC1155(uri_) Ownable(msg.sender) {
        contractURI = contractURI_;
        provenance = provenance_;
        size = _lastForged = size_;
        price = price_;
        _setDefaultRoyalty(royalties, basisPoints);
    }

    // Before the mint: how many tokens make a set.

    function setLayers(uint256 song, uint256 count) external onlyOwner {
        if (minted > 0 || count == 0 || count > 256) revert Unavailable();
        layers[song] = count;
    }

    function setAlbum(uint256 album, uint256[] calldata songs) external onlyOwner {
        if (minted > 0) revert Unavailable();
        _songs[album] = songs;
    }

    // The mint is blind: nobody knows what a token is before all are sold.

    function mint(uint256 count) external payable {
        if (msg.value != price * count) revert WrongPrice();
        if (minted + count > size) revert Unavailable();
        uint256[] memory ids = new uint256[](count);
        uint256[] memory copies = new uint256[](count);
        for (uint256 nth = 0; nth < count; nth++) (ids[nth], copies[nth]) = (++minted, 1);
        _mintBatch(msg.sender, ids, copies, "");
    }

    function withdraw(address payable to) external onlyOwner {
        (bool isPaid, ) = to.call{value: address(this).balance}("");
        require(isPaid);
    }

    // The reveal: first the starting index, which nobody could know when the tokens were sealed. Anybody may call
    // this once all are sold, so that the owner cannot wait for a block that suits them.

    function rotate() external {
        if (isRotated || minted < size) revert Unavailable();
        startingIndex = uint256(blockhash(block.number - 1)) % size;
        isRotated = true;
    }

    function reveal(uint256[] calldata tokens, Stem[] calldata what) external onlyOwner {
        if (!isRotated) revert Unavailable();
        for (uint256 nth = 0; nth < tokens.length; nth++) {
            uint256 token = tokens[nth];
            if (isRevealed[token] || token == 0 || token > size) revert Unavailable();
            if (what[nth].layer >= layers[what[nth].song]) revert Unavailable();
            isRevealed[token] = true;
            stems[token] = what[nth];
            emit URI(uri(token), token); // marketplaces read its metadata again
        }
    }

    function setURI(string calldata uri_) external onlyOwner {
        _setURI(uri_);
    }

    // Forging burns a full set of the caller's tokens and mints one, in a single transaction.

    function forgeSong(uint256[] calldata tokens) external returns (uint256) {
        uint256 song = stems[tokens[0]].song;
        uint256 filled = 0;
        for (uint256 nth = 0; nth < tokens.length; nth++) {
            Stem memory part = stems[tokens[nth]];
            uint256 layer = 1 << part.layer;
            if (!isRevealed[tokens[nth]] || part.song != song || filled & layer > 0) revert NotASet();
            filled |= layer;
        }
        if (tokens.length != layers[song]) revert NotASet();
        _songPlusOne[_lastForged + 1] = song + 1;
        return _forge(tokens);
    }

    function forgeAlbum(uint256 album, uint256[] calldata tokens) external returns (uint256) {
        uint256[] storage songs = _songs[album];
        if (songs.length == 0 || tokens.length != songs.length) revert NotASet();
        for (uint256 nth = 0; nth < songs.length; nth++) {
            if (_songPlusOne[tokens[nth]] != songs[nth] + 1) revert NotASet();
        }
        return _forge(tokens);
    }

    function _forge(uint256[] calldata tokens) private returns (uint256 token) {
        uint256[] memory copies = new uint256[](tokens.length);
        for (uint256 nth = 0; nth < tokens.length; nth++) copies[nth] = 1;
        _burnBatch(msg.sender, tokens, copies); // reverts unless the caller holds all of them
        token = ++_lastForged;
        _mint(msg.sender, token, 1, "");
    }

    function supportsInterface(bytes4 id) public view override(ERC1155, ERC2981) returns (bool) {
        return super.supportsInterface(id);
    }
}
